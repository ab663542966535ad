/// Sealed hours on their way in from the topic that analytics-service signs.
@NullMarked
package io.weir.billing.rating.kafka;

import org.jspecify.annotations.NullMarked;
