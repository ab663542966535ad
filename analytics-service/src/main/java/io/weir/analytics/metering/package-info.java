/// What the usage ledger's records mean as rows: one per settled request, one per attempt at a provider, one per hold.
/// Does not own how rows reach ClickHouse (`ingestion`) nor what is summed from them (`sealing`, `summary`).
@NullMarked
package io.weir.analytics.metering;

import org.jspecify.annotations.NullMarked;
