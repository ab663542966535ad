/// Collects final invoices through Stripe: sends each line once, compares the totals, finalises, and follows what
/// becomes of them. Owns the way from `rated` to `paid` and what was sent under which key. Does not own amounts
/// (`rating`), documents (`invoice`) or the wire (`api`).
@NullMarked
package io.weir.billing.stripe;

import org.jspecify.annotations.NullMarked;
