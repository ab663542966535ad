@NullMarked
package io.weir.analytics.outlier;

import org.jspecify.annotations.NullMarked;
