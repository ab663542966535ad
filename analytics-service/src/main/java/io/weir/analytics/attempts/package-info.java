/// Attempts of all tenants as they were counted and priced, for pricing them again. Owns no prices.
@NullMarked
package io.weir.analytics.attempts;

import org.jspecify.annotations.NullMarked;
