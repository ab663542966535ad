/// Why less was spent than the baseline: savings lines added up by their reason.
@NullMarked
package io.weir.analytics.savings;

import org.jspecify.annotations.NullMarked;
