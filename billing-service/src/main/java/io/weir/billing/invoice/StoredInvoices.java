package io.weir.billing.invoice;

import io.r2dbc.spi.Readable;
import io.weir.billing.invoice.InvoiceView.AtStripe;
import io.weir.r2dbc.Column;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// Rows of invoices, and what they hold.
final class StoredInvoices {

    /// What a row must have to be read as a view; alias `i` is the invoice.
    static final String VIEW = """
            SELECT i.document, s.state, s.reason, s.stripe_id, s.stripe_status, s.stripe_total, s.hosted_url, c.customer_id,
                   (SELECT CAST(jsonb_object_agg(t.line, t.stripe_id) AS text) FROM stripe_sent t
                    WHERE t.tenant_id = s.tenant_id AND t.invoice_id = s.invoice_id AND t.version = s.version
                      AND t.object = 'item' AND t.stripe_id IS NOT NULL) AS items
            FROM invoice i
            LEFT JOIN stripe_invoice s ON s.tenant_id = i.tenant_id AND s.invoice_id = i.invoice_id
            LEFT JOIN stripe_customer c ON c.tenant_id = s.tenant_id
            """;

    private static final TypeReference<Map<Integer, String>> ITEMS = new TypeReference<>() {};

    private final JsonMapper json;

    StoredInvoices(JsonMapper json) {
        this.json = json;
    }

    String document(Invoice invoice) {
        return new String(json.writeValueAsBytes(invoice), StandardCharsets.UTF_8);
    }

    Invoice invoice(Readable row) {
        return json.readValue(Column.of(row, "document", String.class), Invoice.class);
    }

    InvoiceView view(Readable row) {
        return new InvoiceView(invoice(row), atStripe(row));
    }

    private @Nullable AtStripe atStripe(Readable row) {
        String state = row.get("state", String.class);
        if (state == null) {
            return null;
        }
        String items = row.get("items", String.class);
        return new AtStripe(
                InvoiceState.of(state),
                row.get("customer_id", String.class),
                row.get("stripe_id", String.class),
                row.get("stripe_status", String.class),
                row.get("stripe_total", Long.class),
                row.get("hosted_url", String.class),
                row.get("reason", String.class),
                items == null ? Map.of() : json.readValue(items, ITEMS));
    }
}
