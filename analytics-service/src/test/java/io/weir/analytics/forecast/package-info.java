@NullMarked
package io.weir.analytics.forecast;

import org.jspecify.annotations.NullMarked;
