package io.weir.simulators.stripe;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.model.Customer;
import com.stripe.model.Invoice;
import com.stripe.model.InvoiceItem;
import com.stripe.net.RequestOptions;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.InvoiceCreateParams;
import com.stripe.param.InvoiceItemCreateParams;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A running simulator with Stripe's own client.
final class SimulatedStripe implements AutoCloseable {

    static final String KEY = "sk_test_weir";

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    final StripeSimulator simulator;
    final StripeClient client;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    SimulatedStripe(StripeSimulatorOptions options) {
        this.simulator = StripeSimulator.start(options);
        this.client = clientWithKey(KEY, 0);
    }

    static SimulatedStripe started() {
        return new SimulatedStripe(StripeSimulatorOptions.onAnyPort());
    }

    StripeClient clientWithKey(String key, int retries) {
        return StripeClient.builder()
                .setApiKey(key)
                .setApiBase(simulator.baseUrl())
                .setMaxNetworkRetries(retries)
                .build();
    }

    Customer customer(String name) throws StripeException {
        return client.v1()
                .customers()
                .create(CustomerCreateParams.builder()
                        .setName(name)
                        .setEmail("billing@example.com")
                        .build());
    }

    /// An empty draft in dollars, due in 30 days.
    Invoice draft(Customer customer) throws StripeException {
        return client.v1().invoices().create(draftFor(customer.getId()).build());
    }

    static InvoiceCreateParams.Builder draftFor(String customer) {
        return InvoiceCreateParams.builder()
                .setCustomer(customer)
                .setCurrency("usd")
                .setAutoAdvance(false)
                .setCollectionMethod(InvoiceCreateParams.CollectionMethod.SEND_INVOICE)
                .setDaysUntilDue(30L);
    }

    InvoiceItem item(Invoice invoice, long amount, String description) throws StripeException {
        return client.v1()
                .invoiceItems()
                .create(InvoiceItemCreateParams.builder()
                        .setCustomer(invoice.getCustomer())
                        .setInvoice(invoice.getId())
                        .setCurrency(invoice.getCurrency())
                        .setAmount(amount)
                        .setDescription(description)
                        .build());
    }

    Invoice reread(Invoice invoice) throws StripeException {
        return client.v1().invoices().retrieve(invoice.getId());
    }

    Invoice openInvoice(Customer customer, long amount) throws StripeException {
        Invoice draft = draft(customer);
        item(draft, amount, "usage");
        return client.v1().invoices().finalizeInvoice(draft.getId());
    }

    static RequestOptions key(String idempotencyKey) {
        return RequestOptions.builder().setIdempotencyKey(idempotencyKey).build();
    }

    record Answer(int status, java.net.http.HttpHeaders headers, String body) {

        JsonNode json() {
            return JsonMapper.shared().readTree(body);
        }

        JsonNode error() {
            return json().path("error");
        }

        String header(String name) {
            return headers.firstValue(name).orElse("");
        }
    }

    /// A call as it goes over the wire, with a key.
    Answer post(String path, String form, String... headers) {
        return send("POST", path, form, headers);
    }

    Answer get(String path) {
        return send("GET", path, "");
    }

    Answer send(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(simulator.baseUrl() + path))
                .timeout(PATIENCE)
                .header("authorization", "Bearer " + KEY)
                .header("content-type", "application/x-www-form-urlencoded")
                .method(method, BodyPublishers.ofString(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        try {
            HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.headers(), response.body());
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    void behave(String fields) {
        Answer answer = send("PUT", "/_behaviour", "{" + fields + "}");
        if (answer.status() != 200) {
            throw new IllegalStateException(answer.toString());
        }
    }

    JsonNode state() {
        return get("/_state").json();
    }

    /// Waits until something holds, and answers what it held of.
    static <T> T eventually(Callable<T> read, Predicate<T> holds) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        T last = read.call();
        while (!holds.test(last)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + PATIENCE + ": " + last);
            }
            Thread.onSpinWait();
            last = read.call();
        }
        return last;
    }

    @Override
    public void close() {
        http.shutdownNow();
        simulator.close();
    }
}
