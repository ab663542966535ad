@NullMarked
package io.weir.analytics.proof;

import org.jspecify.annotations.NullMarked;
