package io.weir.simulators.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.exception.SignatureVerificationException;
import com.stripe.exception.StripeException;
import com.stripe.model.Customer;
import com.stripe.model.Event;
import com.stripe.model.Invoice;
import com.stripe.model.WebhookEndpoint;
import com.stripe.net.Webhook;
import com.stripe.param.EventListParams;
import com.stripe.param.InvoicePayParams;
import com.stripe.param.WebhookEndpointCreateParams;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import tools.jackson.databind.JsonNode;

/// Events, and their way to a receiver that checks them with Stripe's own library.
class WebhookTests {

    private static final String SECRET = "whsec_given_at_start";

    private final Receiver receiver = new Receiver();
    private final SimulatedStripe stripe = new SimulatedStripe(StripeSimulatorOptions.onAnyPort()
            .withWebhook(receiver.url(), SECRET)
            .withWebhookRetry(Duration.ofMillis(20)));

    @AfterEach
    void stop() {
        stripe.close();
        receiver.close();
    }

    @Test
    void theLifeOfAnInvoiceArrivesSigned() throws Exception {
        Invoice open = stripe.openInvoice(stripe.customer("Listener"), 700);
        stripe.client
                .v1()
                .invoices()
                .pay(
                        open.getId(),
                        InvoicePayParams.builder().setPaidOutOfBand(true).build());
        Invoice other = stripe.openInvoice(stripe.customer("Other"), 1);
        stripe.client.v1().invoices().voidInvoice(other.getId());
        Set<String> wanted = Set.of(
                "customer.created",
                "invoice.created",
                "invoice.updated",
                "invoice.finalized",
                "invoice.paid",
                "invoice.voided");
        SimulatedStripe.eventually(receiver::types, types -> types.containsAll(wanted));
        Event paid = receiver.first("invoice.paid", SECRET);
        assertThat(paid.getId()).startsWith("evt_");
        Invoice inEvent = (Invoice) paid.getDataObjectDeserializer().getObject().orElseThrow();
        assertThat(inEvent.getId()).isEqualTo(open.getId());
        assertThat(inEvent.getStatus()).isEqualTo("paid");
        assertThat(inEvent.getAmountPaid()).isEqualTo(700);
        assertThat(receiver.types()).doesNotContain("invoiceitem.created");
    }

    @Test
    void aSignatureUnderAnotherSecretOrOfAnotherBodyDoesNotVerify() throws Exception {
        stripe.customer("Signed");
        Received received = SimulatedStripe.eventually(receiver.received::peek, first -> first != null);
        assertThatThrownBy(() -> Webhook.constructEvent(received.body, received.signature, "whsec_other"))
                .isInstanceOf(SignatureVerificationException.class);
        assertThatThrownBy(() -> Webhook.constructEvent(received.body + " ", received.signature, SECRET))
                .isInstanceOf(SignatureVerificationException.class);
    }

    @Test
    void aReceiverThatFailsIsTriedAgainUntilItAnswers() throws Exception {
        receiver.failures = 3;
        Customer customer = stripe.customer("Retried");
        JsonNode delivery = SimulatedStripe.eventually(
                () -> stripe.state().path("webhook_deliveries").path(0),
                state -> state.path("state").asString("").equals("delivered"));
        assertThat(delivery.path("attempts").intValue()).isEqualTo(4);
        assertThat(receiver.received).hasSize(4);
        assertThat(new HashSet<>(receiver.ids())).hasSize(1);
        assertThat(receiver.first("customer.created", SECRET)
                        .getDataObjectDeserializer()
                        .getObject()
                        .map(Customer.class::cast)
                        .orElseThrow()
                        .getId())
                .isEqualTo(customer.getId());
    }

    @Test
    void aReceiverThatNeverAnswersIsGivenUp() throws Exception {
        receiver.failures = Integer.MAX_VALUE;
        stripe.customer("Given up");
        JsonNode delivery = SimulatedStripe.eventually(
                () -> stripe.state().path("webhook_deliveries").path(0),
                state -> state.path("state").asString("").equals("failed"));
        assertThat(delivery.path("attempts").intValue()).isEqualTo(8);
        assertThat(delivery.path("status").intValue()).isEqualTo(500);
    }

    @Test
    void aReceiverThatIsAwayDoesNotHoldUpCalls() throws Exception {
        receiver.close();
        stripe.customer("Away");
        SimulatedStripe.eventually(
                () -> stripe.state().path("webhook_deliveries").path(0),
                state -> state.path("attempts").intValue() >= 2
                        && !state.path("failure").asString("").isEmpty());
    }

    @Test
    void duplicatesAreTheSameEventTwice() throws Exception {
        stripe.behave("\"duplicateWebhooks\":true");
        stripe.customer("Twice");
        List<String> ids = SimulatedStripe.eventually(receiver::ids, received -> received.size() == 2);
        assertThat(ids.getFirst()).isEqualTo(ids.getLast());
    }

    @Test
    void reorderedWebhooksArriveNewestFirst() throws Exception {
        stripe.behave("\"reorderWebhooks\":true");
        Customer customer = stripe.customer("Backwards");
        // A pair may fall into two windows on a slow machine, all pairs do not.
        SimulatedStripe.eventually(
                () -> {
                    stripe.client.v1().invoices().delete(stripe.draft(customer).getId());
                    return receiver.types();
                },
                WebhookTests::hasDeletionBeforeItsCreation);
    }

    private static boolean hasDeletionBeforeItsCreation(List<String> types) {
        int created = 0;
        for (String type : types) {
            if (type.equals("invoice.created")) {
                created++;
            } else if (type.equals("invoice.deleted") && --created < 0) {
                return true;
            }
        }
        return false;
    }

    @Test
    void anEndpointGetsWhatItAskedForUnderItsOwnSecretUntilItIsDeleted() throws Exception {
        try (Receiver second = new Receiver()) {
            WebhookEndpoint endpoint = stripe.client
                    .v1()
                    .webhookEndpoints()
                    .create(WebhookEndpointCreateParams.builder()
                            .setUrl(second.url())
                            .addEnabledEvent(WebhookEndpointCreateParams.EnabledEvent.INVOICE__CREATED)
                            .build());
            assertThat(endpoint.getSecret()).startsWith("whsec_");
            Customer customer = stripe.customer("Second");
            stripe.draft(customer);
            SimulatedStripe.eventually(second::types, types -> !types.isEmpty());
            assertThat(second.types()).containsExactly("invoice.created");
            assertThat(second.first("invoice.created", endpoint.getSecret()).getType())
                    .isEqualTo("invoice.created");
            assertThat(stripe.client.v1().webhookEndpoints().list().getData())
                    .extracting(WebhookEndpoint::getSecret)
                    .containsOnlyNulls();
            assertThat(stripe.state().toString())
                    .doesNotContain(endpoint.getSecret())
                    .doesNotContain(SECRET);
            stripe.client.v1().webhookEndpoints().delete(endpoint.getId());
            stripe.draft(customer);
            SimulatedStripe.eventually(
                    receiver::types,
                    types -> types.stream().filter("invoice.created"::equals).count() == 2);
            assertThat(second.types()).hasSize(1);
        }
    }

    @Test
    void eventsAreListedAndRetrieved() throws StripeException {
        Invoice draft = stripe.draft(stripe.customer("Listed"));
        stripe.item(draft, 3, "line");
        List<Event> updates = stripe.client
                .v1()
                .events()
                .list(EventListParams.builder().setType("invoice.updated").build())
                .getData();
        assertThat(updates).hasSize(1);
        Event update = stripe.client.v1().events().retrieve(updates.getFirst().getId());
        assertThat(update.getData().getPreviousAttributes()).containsKey("total");
        assertThat(update.getRequest().getId()).startsWith("req_");
        assertThat(stripe.client.v1().events().list().getData())
                .extracting(Event::getType)
                .containsExactly("invoiceitem.created", "invoice.updated", "invoice.created", "customer.created");
    }

    private record Received(String signature, String body) {}

    /// Takes webhooks, after so many failures.
    private static final class Receiver implements AutoCloseable {

        final Queue<Received> received = new ConcurrentLinkedQueue<>();
        volatile int failures;

        private final DisposableServer server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle((request, response) -> request.receive()
                        .aggregate()
                        .asString()
                        .flatMap(body -> {
                            received.add(new Received(request.requestHeaders().get("stripe-signature"), body));
                            boolean fails = received.size() <= failures;
                            return Mono.from(response.status(fails ? 500 : 200).send());
                        }))
                .bindNow(Duration.ofSeconds(10));

        String url() {
            return "http://127.0.0.1:" + server.port() + "/webhooks";
        }

        List<String> types() {
            return received.stream()
                    .map(one -> parsed(one).path("type").asString())
                    .toList();
        }

        List<String> ids() {
            return received.stream()
                    .map(one -> parsed(one).path("id").asString())
                    .toList();
        }

        /// The first event of a type, checked by Stripe's own library.
        Event first(String type, String secret) throws SignatureVerificationException {
            for (Received one : received) {
                if (parsed(one).path("type").asString().equals(type)) {
                    return Webhook.constructEvent(one.body, one.signature, secret);
                }
            }
            throw new AssertionError("no " + type + " among " + types());
        }

        private static JsonNode parsed(Received one) {
            return tools.jackson.databind.json.JsonMapper.shared().readTree(one.body);
        }

        @Override
        public void close() {
            server.disposeNow(Duration.ofSeconds(5));
        }
    }
}
