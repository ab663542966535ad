/// The proof that usage reaches ClickHouse exactly once: the consumer in a process without anything else, killed over
/// and over, and afterwards compared with Kafka row for row. Nothing of the running service uses it.
@NullMarked
package io.weir.analytics.proof;

import org.jspecify.annotations.NullMarked;
