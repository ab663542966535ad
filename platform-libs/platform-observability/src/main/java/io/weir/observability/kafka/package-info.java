/// Traces across Kafka. Needs kafka-clients on the class path.
@NullMarked
package io.weir.observability.kafka;

import org.jspecify.annotations.NullMarked;
