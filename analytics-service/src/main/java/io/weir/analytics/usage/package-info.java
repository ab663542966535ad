/// What a tenant used in the current hour and month.
@NullMarked
package io.weir.analytics.usage;

import org.jspecify.annotations.NullMarked;
