@NullMarked
package io.weir.analytics.neighbour;

import org.jspecify.annotations.NullMarked;
