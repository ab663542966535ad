/// What a tenant spent and saved in a period.
@NullMarked
package io.weir.analytics.summary;

import org.jspecify.annotations.NullMarked;
