/// Plans with their versions, what a tenant has subscribed to and when that changed, and what a billing period comes to
/// by it. Pure but for the store. Does not own the price of model usage (`pricebook`), the rating of a metric
/// (`rating.model`), nor invoices (`invoice`).
@NullMarked
package io.weir.billing.subscription;

import org.jspecify.annotations.NullMarked;
