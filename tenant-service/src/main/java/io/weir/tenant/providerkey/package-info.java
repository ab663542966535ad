/// The keys for model providers that tenants bring: kept sealed, published sealed, shown by their last four characters.
/// Nothing here opens one again. Does not call providers.
@NullMarked
package io.weir.tenant.providerkey;

import org.jspecify.annotations.NullMarked;
