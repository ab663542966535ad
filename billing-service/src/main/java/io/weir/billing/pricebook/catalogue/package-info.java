/// Reads prices out of the catalogues that others publish. Owns what their fields mean; what does not fit is
/// named, never guessed. Does not own what becomes of the prices (`pricebook`).
@NullMarked
package io.weir.billing.pricebook.catalogue;

import org.jspecify.annotations.NullMarked;
