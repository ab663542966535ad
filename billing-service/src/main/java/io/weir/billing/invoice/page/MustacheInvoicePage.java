package io.weir.billing.invoice.page;

import com.samskivert.mustache.Escapers;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import io.weir.billing.invoice.Invoice;
import io.weir.billing.invoice.InvoicePage;
import io.weir.billing.invoice.InvoiceState;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Fills `invoice.html.mustache`, which has no unescaped value in it.
final class MustacheInvoicePage implements InvoicePage {

    private static final String TEMPLATE = "/invoice-page/invoice.html.mustache";

    private final Template template;
    private final InvoicePageProperties seller;

    MustacheInvoicePage(InvoicePageProperties seller) {
        this.seller = seller;
        this.template = compiled();
    }

    @Override
    public String html(Invoice invoice, InvoiceState state, @Nullable String paymentPage) {
        return template.execute(PageModel.of(invoice, state, paymentPage, seller));
    }

    private static Template compiled() {
        try (InputStream in =
                        Objects.requireNonNull(MustacheInvoicePage.class.getResourceAsStream(TEMPLATE), TEMPLATE);
                Reader reader = new InputStreamReader(in, StandardCharsets.UTF_8)) {
            return Mustache.compiler().withEscaper(Escapers.HTML).compile(reader);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(TEMPLATE + " cannot be read", unreadable);
        }
    }
}
