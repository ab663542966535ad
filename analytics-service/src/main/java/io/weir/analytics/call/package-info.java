/// Reads what a call says about whose rows it wants and of which time.
@NullMarked
package io.weir.analytics.call;

import org.jspecify.annotations.NullMarked;
