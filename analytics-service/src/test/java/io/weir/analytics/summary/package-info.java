@NullMarked
package io.weir.analytics.summary;

import org.jspecify.annotations.NullMarked;
