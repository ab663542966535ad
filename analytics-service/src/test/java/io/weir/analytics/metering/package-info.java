@NullMarked
package io.weir.analytics.metering;

import org.jspecify.annotations.NullMarked;
