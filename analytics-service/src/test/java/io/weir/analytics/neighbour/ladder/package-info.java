@NullMarked
package io.weir.analytics.neighbour.ladder;

import org.jspecify.annotations.NullMarked;
