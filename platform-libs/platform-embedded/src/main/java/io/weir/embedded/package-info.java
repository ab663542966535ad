/// Runs Postgres, Kafka, Redis and ClickHouse as plain processes on this machine, without containers and without root.
/// Owns how each is fetched, configured, started, known to be ready and stopped. Does not own what is kept in them.
@NullMarked
package io.weir.embedded;

import org.jspecify.annotations.NullMarked;
