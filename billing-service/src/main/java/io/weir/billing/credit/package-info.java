/// Credits of a tenant: grants with priority and expiry, and the order in which they are used.
/// Does not own what is due (`rating.statement`), nor payments (`stripe`).
@NullMarked
package io.weir.billing.credit;

import org.jspecify.annotations.NullMarked;
