package io.weir.simulators.stripe.books;

import io.weir.simulators.stripe.wire.Parameters;
import io.weir.simulators.stripe.wire.StripeException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Everything the simulated account holds. Every call runs alone, see [#alone]; all other methods are called
/// from there.
public final class Books {

    private final InstantSource clock;
    private final Ids ids = new Ids();
    private final SequencedMap<String, ObjectNode> customers = new LinkedHashMap<>();
    private final SequencedMap<String, Invoice> invoices = new LinkedHashMap<>();
    private final SequencedMap<String, ObjectNode> items = new LinkedHashMap<>();
    private final Map<String, Integer> invoiceCounts = new LinkedHashMap<>();
    private long version;

    public Books(InstantSource clock) {
        this.clock = clock;
    }

    /// Runs one call's work without any other in between. The work must not wait for anything.
    public synchronized <T> T alone(Supplier<T> work) {
        return work.get();
    }

    /// Seconds since 1970, Stripe's unit.
    public long now() {
        return clock.instant().getEpochSecond();
    }

    public Ids ids() {
        return ids;
    }

    /// An empty customer.
    public ObjectNode newCustomer() {
        String id = ids.next("cus");
        ObjectNode customer = JsonMapper.shared().createObjectNode();
        customer.put("id", id)
                .put("object", "customer")
                .putNull("address")
                .put("balance", 0)
                .put("created", now())
                .putNull("currency")
                .putNull("default_source")
                .put("delinquent", false)
                .putNull("description")
                .putNull("discount")
                .putNull("email")
                .put("invoice_prefix", ids.invoicePrefix())
                .put("livemode", false)
                .putNull("name")
                .put("next_invoice_sequence", 1)
                .putNull("phone")
                .putNull("shipping")
                .put("tax_exempt", "none")
                .putNull("test_clock");
        customer.putObject("metadata");
        customer.putArray("preferred_locales");
        customer.putObject("invoice_settings")
                .putNull("custom_fields")
                .putNull("default_payment_method")
                .putNull("footer")
                .putNull("rendering_options");
        return customer;
    }

    public void add(ObjectNode customer) {
        customers.put(idOf(customer), customer);
    }

    /// Fails with 404 naming the parameter. A deleted customer is still found, as its invoices are.
    public ObjectNode customer(String id, String param) {
        ObjectNode customer = customers.get(id);
        if (customer == null) {
            throw StripeException.missing("customer", id, param);
        }
        return customer;
    }

    public boolean isDeleted(ObjectNode customer) {
        return customer.path("deleted").asBoolean(false);
    }

    /// Newest first, without deleted ones.
    public List<ObjectNode> customers() {
        return customers.sequencedValues().reversed().stream()
                .filter(customer -> !isDeleted(customer))
                .toList();
    }

    public void add(Invoice invoice) {
        invoices.put(invoice.id(), invoice);
    }

    /// Fails with 404 naming the parameter.
    public Invoice invoice(String id, String param) {
        Invoice invoice = invoices.get(id);
        if (invoice == null) {
            throw StripeException.missing("invoice", id, param);
        }
        return invoice;
    }

    /// Newest first.
    public List<Invoice> invoices() {
        return List.copyOf(invoices.sequencedValues().reversed());
    }

    /// Forgets a draft together with its items.
    public void remove(Invoice draft) {
        invoices.remove(draft.id());
        draft.items().forEach(item -> items.remove(idOf(item)));
    }

    /// Gives a customer's next invoice its number, as `8FC5F3CB-0002`.
    public String nextInvoiceNumber(ObjectNode customer) {
        int number = invoiceCounts.merge(idOf(customer), 1, Integer::sum);
        customer.put("next_invoice_sequence", number + 1);
        return String.format(
                Locale.ROOT, "%s-%04d", customer.path("invoice_prefix").asString(), number);
    }

    /// Adds an invoice item.
    public void addItem(ObjectNode item) {
        items.put(idOf(item), item);
    }

    /// Fails with 404.
    public ObjectNode item(String id) {
        ObjectNode item = items.get(id);
        if (item == null) {
            throw StripeException.missing("invoiceitem", id, "id");
        }
        return item;
    }

    public void removeItem(ObjectNode item) {
        items.remove(idOf(item));
    }

    /// Newest first.
    public List<ObjectNode> items() {
        return List.copyOf(items.sequencedValues().reversed());
    }

    /// A customer's items that belong to no invoice yet, newest first.
    public List<ObjectNode> pendingItems(String customer, String currency) {
        List<ObjectNode> pending = new ArrayList<>();
        for (ObjectNode item : items.sequencedValues().reversed()) {
            if (item.path("invoice").isNull()
                    && item.path("customer").asString().equals(customer)
                    && item.path("currency").asString().equals(currency)) {
                pending.add(item);
            }
        }
        return pending;
    }

    /// Grows with every change.
    public long version() {
        return version;
    }

    void changed() {
        version++;
    }

    /// Customers, invoices and items, in a form that [#restore] reads.
    public ObjectNode snapshot() {
        ObjectNode snapshot = JsonMapper.shared().createObjectNode();
        ArrayNode allCustomers = snapshot.putArray("customers");
        customers.values().forEach(customer -> allCustomers.add(customer.deepCopy()));
        ArrayNode allItems = snapshot.putArray("items");
        items.values().forEach(item -> allItems.add(item.deepCopy()));
        ArrayNode allInvoices = snapshot.putArray("invoices");
        for (Invoice invoice : invoices.values()) {
            ObjectNode kept = allInvoices.addObject();
            kept.set("fields", invoice.fields().deepCopy());
            ArrayNode lines = kept.putArray("items");
            invoice.items().forEach(item -> lines.add(idOf(item)));
        }
        return snapshot;
    }

    /// Adds what a snapshot holds.
    public void restore(JsonNode snapshot) {
        snapshot.path("customers").forEach(customer -> add((ObjectNode) customer));
        snapshot.path("items").forEach(item -> addItem((ObjectNode) item));
        for (JsonNode kept : snapshot.path("invoices")) {
            List<ObjectNode> lines = kept.path("items")
                    .valueStream()
                    .map(id -> item(id.asString()))
                    .toList();
            add(Invoice.restored((ObjectNode) kept.path("fields"), lines));
        }
        for (ObjectNode customer : customers.values()) {
            invoiceCounts.put(
                    idOf(customer), customer.path("next_invoice_sequence").intValue() - 1);
        }
    }

    /// Reads a currency in lower case. Refuses one that is not in ISO 4217; null when absent.
    public static @Nullable String currency(Parameters parameters) {
        String currency = parameters.text("currency");
        if (currency == null) {
            return null;
        }
        try {
            return java.util.Currency.getInstance(currency.toUpperCase(Locale.ROOT))
                    .getCurrencyCode()
                    .toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException unknown) {
            throw StripeException.parameter(
                    "currency", "parameter_invalid_string", "Invalid currency: " + currency + ".");
        }
    }

    /// The id of an object in its wire form.
    public static String idOf(ObjectNode object) {
        return object.path("id").asString();
    }
}
