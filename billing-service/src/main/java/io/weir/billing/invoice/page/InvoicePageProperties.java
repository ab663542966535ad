package io.weir.billing.invoice.page;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Who sends the invoices, as their pages say.
///
/// @param sellerName the legal name
/// @param sellerLines address, tax number and the like, each a line of its own
@ConfigurationProperties("weir.billing.invoices.page")
record InvoicePageProperties(
        @DefaultValue("Weir") String sellerName,
        @DefaultValue List<String> sellerLines) {

    InvoicePageProperties {
        sellerLines = List.copyOf(sellerLines);
    }
}
