/// Exact money: amounts and rates with at most twelve decimals, rounded once, on the invoice line.
/// Does not own prices (`pricing`) nor what is billed (billing-service).
@NullMarked
package io.weir.money;

import org.jspecify.annotations.NullMarked;
