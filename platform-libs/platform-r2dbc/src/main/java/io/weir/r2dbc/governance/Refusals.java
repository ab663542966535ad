package io.weir.r2dbc.governance;

import java.util.concurrent.atomic.LongAdder;

/// How often tenants were refused, by why.
final class Refusals {
    final LongAdder keptAway = new LongAdder();
    final LongAdder full = new LongAdder();
    final LongAdder late = new LongAdder();
}
