/// Kafka into ClickHouse, exactly once: chunks, their durable boundaries, and blocks that are never inserted twice.
/// Does not own what a record means (`metering`, `access`).
@NullMarked
package io.weir.analytics.ingestion;

import org.jspecify.annotations.NullMarked;
