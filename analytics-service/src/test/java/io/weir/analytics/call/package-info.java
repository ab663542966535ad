@NullMarked
package io.weir.analytics.call;

import org.jspecify.annotations.NullMarked;
