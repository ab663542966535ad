@NullMarked
package io.weir.billing.rating.kafka;

import org.jspecify.annotations.NullMarked;
