package io.weir.billing.invoice;

import org.jspecify.annotations.Nullable;

/// An invoice for people: one page that needs nothing else.
@FunctionalInterface
public interface InvoicePage {

    /// What an answer with a page must carry: nothing is loaded, run or framed; styles stand in the page.
    String CONTENT_SECURITY_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none';"
            + " form-action 'none'; frame-ancestors 'none'";

    /// The page as HTML, every text in it escaped.
    ///
    /// @param paymentPage where it can be paid online; null where it cannot
    String html(Invoice invoice, InvoiceState state, @Nullable String paymentPage);
}
