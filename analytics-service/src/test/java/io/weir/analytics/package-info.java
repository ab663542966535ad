@NullMarked
package io.weir.analytics;

import org.jspecify.annotations.NullMarked;
