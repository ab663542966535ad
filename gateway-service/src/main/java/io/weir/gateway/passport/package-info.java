/// Mints the passport that services accept, once per key while it is fresh.
@NullMarked
package io.weir.gateway.passport;

import org.jspecify.annotations.NullMarked;
