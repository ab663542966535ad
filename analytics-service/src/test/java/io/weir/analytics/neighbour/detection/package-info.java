@NullMarked
package io.weir.analytics.neighbour.detection;

import org.jspecify.annotations.NullMarked;
