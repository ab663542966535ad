/// Names of topics, their creation, and a producer that answers with a `Mono`.
/// Does not own what records mean (`ledger`, `snapshots`).
@NullMarked
package io.weir.kafka;

import org.jspecify.annotations.NullMarked;
