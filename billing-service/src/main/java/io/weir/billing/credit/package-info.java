/// Credits of a tenant: grants with priority and expiry, coupons, the order in which credit is used,
/// and its ledger. Does not own what is due (`rating.statement`), nor payments (`stripe`); invoices do
/// not use credit by themselves.
@NullMarked
package io.weir.billing.credit;

import org.jspecify.annotations.NullMarked;
