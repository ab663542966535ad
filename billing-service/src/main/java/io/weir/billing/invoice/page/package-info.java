/// An invoice as one HTML page, to look at, to send and to print. Owns wording, figures and looks. Does not own
/// what the invoice says (`invoice`) or how it comes about (`rating`).
@NullMarked
package io.weir.billing.invoice.page;

import org.jspecify.annotations.NullMarked;
