/// Stands in for Stripe's invoicing: keeps customers, invoices and events in memory, speaks Stripe's wire form,
/// signs and sends webhooks, misbehaves on request. Owns the process, its options and the control endpoints.
/// Shares no code with the product's billing, so that its books can be compared with the product's.
@NullMarked
package io.weir.simulators.stripe;

import org.jspecify.annotations.NullMarked;
