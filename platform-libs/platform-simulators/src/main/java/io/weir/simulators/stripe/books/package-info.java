/// What the simulated Stripe holds: customers, invoices with their items, events, webhook endpoints. Objects
/// are kept in their wire form. Does not own routes (see `resource`) or delivery (see `webhook`).
@NullMarked
package io.weir.simulators.stripe.books;

import org.jspecify.annotations.NullMarked;
