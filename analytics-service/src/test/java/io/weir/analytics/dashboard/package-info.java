@NullMarked
package io.weir.analytics.dashboard;

import org.jspecify.annotations.NullMarked;
