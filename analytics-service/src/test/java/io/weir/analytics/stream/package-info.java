@NullMarked
package io.weir.analytics.stream;

import org.jspecify.annotations.NullMarked;
