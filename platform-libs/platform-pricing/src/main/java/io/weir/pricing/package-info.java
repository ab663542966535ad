/// Applies a price book to usage, exactly. The same code prices calls, ceilings and previews.
/// Does not own the books (billing-service).
@NullMarked
package io.weir.pricing;

import org.jspecify.annotations.NullMarked;
