/// Prices a past span again by the books in force now, shows the difference per tenant, and applies what was
/// shown. Also prices what had no price. Owns the corrections; does not own prices (`pricebook`) or the usage
/// itself.
@NullMarked
package io.weir.billing.rerating;

import org.jspecify.annotations.NullMarked;
