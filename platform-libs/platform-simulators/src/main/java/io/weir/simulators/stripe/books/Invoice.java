package io.weir.simulators.stripe.books;

import io.weir.simulators.stripe.wire.Pages;
import io.weir.simulators.stripe.wire.StripeException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// An invoice with its items in the order of its lines. Amounts are minor units, sums are exact.
public final class Invoice {

    /// What one amount, and one invoice's total, may be at most: eight digits.
    public static final long MAX_AMOUNT = 99_999_999;

    /// Lines that an invoice may have at most; pending items beyond them stay pending.
    public static final int MAX_LINES = 250;

    private static final int EMBEDDED_LINES = 10;

    private final ObjectNode fields;
    private final List<ObjectNode> items = new ArrayList<>();

    /// An empty draft.
    public Invoice(String id, ObjectNode customer, String currency, long now) {
        this.fields = JsonMapper.shared().createObjectNode();
        fields.put("id", id).put("object", "invoice").put("status", "draft").put("created", now);
        fields.put("account_country", "US")
                .put("account_name", "Weir (simulated)")
                .putNull("account_tax_ids");
        fields.put("customer", Books.idOf(customer)).put("currency", currency);
        fields.set("customer_name", customer.path("name"));
        fields.set("customer_email", customer.path("email"));
        fields.set("customer_address", customer.path("address"));
        fields.set("customer_phone", customer.path("phone"));
        fields.putNull("customer_shipping").put("customer_tax_exempt", "none").putArray("customer_tax_ids");
        fields.put("attempt_count", 0).put("attempted", false).put("auto_advance", false);
        fields.put("billing_reason", "manual").put("collection_method", "charge_automatically");
        fields.putNull("description")
                .putNull("due_date")
                .putNull("effective_at")
                .putNull("ending_balance");
        fields.putNull("footer")
                .putNull("hosted_invoice_url")
                .putNull("invoice_pdf")
                .putNull("number");
        fields.putNull("last_finalization_error").putNull("latest_revision").putNull("next_payment_attempt");
        fields.put("livemode", false)
                .put("period_start", now)
                .put("period_end", now)
                .put("starting_balance", 0);
        fields.put("amount_overpaid", 0).put("amount_paid", 0).put("amount_shipping", 0);
        fields.put("pre_payment_credit_notes_amount", 0).put("post_payment_credit_notes_amount", 0);
        fields.putNull("parent")
                .putNull("receipt_number")
                .putNull("statement_descriptor")
                .putNull("test_clock");
        fields.putNull("webhooks_delivered_at").putNull("custom_fields").putNull("from_invoice");
        fields.putObject("automatic_tax")
                .put("enabled", false)
                .putNull("liability")
                .putNull("status");
        fields.putObject("issuer").put("type", "self");
        fields.putObject("metadata");
        fields.putObject("status_transitions")
                .putNull("finalized_at")
                .putNull("marked_uncollectible_at")
                .putNull("paid_at")
                .putNull("voided_at");
        for (String list : List.of("default_tax_rates", "discounts", "total_discount_amounts", "total_taxes")) {
            fields.putArray(list);
        }
        sum();
    }

    private Invoice(ObjectNode fields, List<ObjectNode> items) {
        this.fields = fields;
        this.items.addAll(items);
    }

    /// An invoice as it was.
    static Invoice restored(ObjectNode fields, List<ObjectNode> items) {
        return new Invoice(fields, items);
    }

    public String id() {
        return Books.idOf(fields);
    }

    public String status() {
        return fields.path("status").asString();
    }

    public boolean isDraft() {
        return "draft".equals(status());
    }

    public String customer() {
        return fields.path("customer").asString();
    }

    public String currency() {
        return fields.path("currency").asString();
    }

    public long total() {
        return fields.path("total").longValue();
    }

    /// What is kept of it, without its lines. Changing it changes the invoice.
    public ObjectNode fields() {
        return fields;
    }

    /// In the order of its lines.
    public List<ObjectNode> items() {
        return List.copyOf(items);
    }

    /// Adds an item as the last line. Refuses the 251st.
    public void add(ObjectNode item) {
        if (items.size() >= MAX_LINES) {
            throw StripeException.parameter(
                    "invoice",
                    "invoice_line_items_limit",
                    "You cannot have more than " + MAX_LINES + " invoice items on an invoice.");
        }
        item.put("invoice", id());
        items.add(item);
        sum();
    }

    public void remove(ObjectNode item) {
        items.remove(item);
        sum();
    }

    /// Adds its items up again after one of them changed.
    public void resum() {
        sum();
    }

    /// Moves on: sets the status and the moment in `status_transitions`.
    public void become(String status, String moment, long now) {
        fields.put("status", status);
        fields.withObject("/status_transitions").put(moment, now);
        sum();
    }

    /// The invoice as Stripe shows it, with its first ten lines.
    public ObjectNode wire() {
        ObjectNode wire = fields.deepCopy();
        List<ObjectNode> lines = lines();
        int shown = Math.min(EMBEDDED_LINES, lines.size());
        ObjectNode list = Pages.list(linesUrl(), lines.subList(0, shown), shown < lines.size());
        wire.set("lines", list.put("total_count", lines.size()));
        return wire;
    }

    public String linesUrl() {
        return "/v1/invoices/" + id() + "/lines";
    }

    /// All its lines.
    public List<ObjectNode> lines() {
        return items.stream().map(this::line).toList();
    }

    private ObjectNode line(ObjectNode item) {
        String itemId = Books.idOf(item);
        ObjectNode line = JsonMapper.shared().createObjectNode();
        line.put("id", "il_" + itemId.substring("ii_".length())).put("object", "line_item");
        for (String same :
                List.of("amount", "currency", "description", "discountable", "metadata", "period", "pricing")) {
            line.set(same, item.path(same).deepCopy());
        }
        line.put("invoice", id()).put("livemode", false).put("quantity", 1);
        line.set("subtotal", item.path("amount"));
        for (String list : List.of("discount_amounts", "discounts", "pretax_credit_amounts", "taxes")) {
            line.putArray(list);
        }
        ObjectNode parent = line.putObject("parent").put("type", "invoice_item_details");
        parent.putNull("subscription_item_details")
                .putObject("invoice_item_details")
                .put("invoice_item", itemId)
                .put("proration", false)
                .putNull("proration_details")
                .putNull("subscription");
        return line;
    }

    // A credit larger than the charges is not paid out: nothing is due then.
    private void sum() {
        long total = 0;
        for (ObjectNode item : items) {
            total = Math.addExact(total, item.path("amount").longValue());
        }
        long due = Math.max(0, total);
        boolean paid = "paid".equals(status());
        fields.put("subtotal", total).put("subtotal_excluding_tax", total);
        fields.put("total", total).put("total_excluding_tax", total);
        fields.put("amount_due", due).put("amount_paid", paid ? due : 0).put("amount_remaining", paid ? 0 : due);
    }
}
