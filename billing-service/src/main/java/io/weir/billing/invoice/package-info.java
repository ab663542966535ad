/// Turns a tenant's rated month into an invoice: a draft that is made anew as often as asked, then a final one with a
/// number, which never changes. Owns numbering and finality. Does not own rating (`rating`) or payment.
@NullMarked
package io.weir.billing.invoice;

import org.jspecify.annotations.NullMarked;
