/// The events of the usage ledger and their wire form: the source of truth for what was consumed and what it cost.
/// Does not own prices (`pricing`), nor the tables that are views of it (analytics-service).
@NullMarked
package io.weir.ledger;

import org.jspecify.annotations.NullMarked;
