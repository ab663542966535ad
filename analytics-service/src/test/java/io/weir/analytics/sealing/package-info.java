@NullMarked
package io.weir.analytics.sealing;

import org.jspecify.annotations.NullMarked;
