@NullMarked
package io.weir.analytics.health;

import org.jspecify.annotations.NullMarked;
