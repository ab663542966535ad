/// When a subscription's periods begin and end, and which part of one a price was in force for. Pure.
/// Does not own calendar months of invoices (`rating.BillingPeriod`), nor amounts (`rating.model`).
@NullMarked
package io.weir.billing.rating.calendar;

import org.jspecify.annotations.NullMarked;
