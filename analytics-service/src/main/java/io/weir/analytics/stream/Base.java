package io.weir.analytics.stream;

import java.time.YearMonth;
import java.util.Map;

/// A tenant's state before a horizon.
///
/// @param byMonth from the current month on
record Base(Horizon horizon, long seq, Map<YearMonth, Totals> byMonth) {

    Base {
        byMonth = Map.copyOf(byMonth);
    }
}
