package io.weir.simulators.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.exception.ApiConnectionException;
import com.stripe.exception.ApiException;
import com.stripe.exception.AuthenticationException;
import com.stripe.exception.IdempotencyException;
import com.stripe.exception.RateLimitException;
import com.stripe.exception.StripeException;
import com.stripe.model.Customer;
import com.stripe.param.CustomerCreateParams;
import io.weir.simulators.stripe.SimulatedStripe.Answer;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Keys, versions, idempotency, faults: what every call has in common.
class WireTests {

    private static final SimulatedStripe STRIPE = SimulatedStripe.started();

    @AfterEach
    void friendlyAgain() {
        STRIPE.send("DELETE", "/_behaviour", "");
    }

    @AfterAll
    static void stop() {
        STRIPE.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sk_live_secret", "pk_test_weir", "nonsense", "sk_test_"})
    void onlyATestKeyIsLetIn(String key) {
        assertThatThrownBy(() -> STRIPE.clientWithKey(key, 0).v1().customers().list())
                .isInstanceOfSatisfying(AuthenticationException.class, refused -> {
                    assertThat(refused.getStatusCode()).isEqualTo(401);
                    assertThat(refused.getMessage()).doesNotContain(key);
                });
    }

    @Test
    void theVersionIsEchoedAndEveryAnswerHasAnId() {
        Answer answer = STRIPE.send("GET", "/v1/customers", "", "stripe-version", "2026-01-28.clover");
        assertThat(answer.header("stripe-version")).isEqualTo("2026-01-28.clover");
        assertThat(answer.header("request-id")).startsWith("req_");
        assertThat(answer.json().path("object").asString()).isEqualTo("list");
        assertThat(answer.json().path("url").asString()).isEqualTo("/v1/customers");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/charges", "/v1/invoices/in_1/lines/il_1/more", "/v1", "/v2/core/events", "/"})
    void anUnknownRouteIsRefusedInStripesForm(String path) {
        Answer answer = STRIPE.get(path);
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.error().path("type").asString()).isEqualTo("invalid_request_error");
        assertThat(answer.error().path("message").asString())
                .startsWith("Unrecognized request URL (GET: " + path + ")");
    }

    @Test
    void theSameKeyWithTheSameParametersHasOneEffectAndOneAnswer() {
        String key = UUID.randomUUID().toString();
        Answer first = STRIPE.post("/v1/customers", "name=a&metadata[k]=v", "idempotency-key", key);
        Answer again = STRIPE.post("/v1/customers", "metadata[k]=v&name=a", "idempotency-key", key);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(first.header("idempotent-replayed")).isEmpty();
        assertThat(again.header("idempotent-replayed")).isEqualTo("true");
        assertThat(again.header("original-request")).isEqualTo(first.header("request-id"));
    }

    @Test
    void theSameKeyWithOtherParametersIsRefused() throws StripeException {
        String key = UUID.randomUUID().toString();
        CustomerCreateParams params =
                CustomerCreateParams.builder().setName("a").build();
        Customer customer = STRIPE.client.v1().customers().create(params, SimulatedStripe.key(key));
        CustomerCreateParams others =
                CustomerCreateParams.builder().setName("b").build();
        assertThatThrownBy(() -> STRIPE.client.v1().customers().create(others, SimulatedStripe.key(key)))
                .isInstanceOf(IdempotencyException.class)
                .hasMessageContaining("same parameters")
                .hasMessageContaining(key);
        assertThat(STRIPE.post("/v1/customers/" + customer.getId(), "name=a", "idempotency-key", key)
                        .error()
                        .path("type")
                        .asString())
                .isEqualTo("idempotency_error");
    }

    @Test
    void ofCallsAtTheSameTimeUnderOneKeyOneRunsAndTheOthersConflict() throws Exception {
        STRIPE.behave("\"latencyMs\":1500");
        String key = UUID.randomUUID().toString();
        String email = key + "@example.com";
        List<Answer> answers;
        try (ExecutorService callers = Executors.newFixedThreadPool(4)) {
            Callable<Answer> call = () -> STRIPE.post("/v1/customers", "email=" + email, "idempotency-key", key);
            answers = callers
                    .invokeAll(IntStream.range(0, 4).mapToObj(i -> call).toList())
                    .stream()
                    .map(java.util.concurrent.Future::resultNow)
                    .toList();
        }
        assertThat(answers).extracting(Answer::status).containsOnly(200, 409).contains(200, 409);
        assertThat(answers)
                .filteredOn(answer -> answer.status() == 409)
                .allMatch(answer -> answer.error().path("code").asString().equals("idempotency_key_in_use"));
        assertThat(STRIPE.get("/v1/customers?email=" + email).json().path("data"))
                .hasSize(1);
    }

    @Test
    void aRefusalBeforeTheEffectFreesTheKeyAndOneAfterItIsKept() throws StripeException {
        String key = UUID.randomUUID().toString();
        assertThat(STRIPE.post("/v1/customers", "email=no", "idempotency-key", key)
                        .status())
                .isEqualTo(400);
        assertThat(STRIPE.post("/v1/customers", "email=a@b", "idempotency-key", key)
                        .status())
                .isEqualTo(200);
        String open = STRIPE.openInvoice(STRIPE.customer("kept"), 5).getId();
        String other = UUID.randomUUID().toString();
        assertThat(STRIPE.post("/v1/invoices/" + open + "/pay", "", "idempotency-key", other)
                        .status())
                .isEqualTo(400);
        Answer replayed = STRIPE.post("/v1/invoices/" + open + "/pay", "", "idempotency-key", other);
        assertThat(replayed.status()).isEqualTo(400);
        assertThat(replayed.header("idempotent-replayed")).isEqualTo("true");
    }

    @Test
    void anAgedKeyIsForgottenAndTheCallRunsAgain() {
        String key = UUID.randomUUID().toString();
        Answer first = STRIPE.post("/v1/customers", "name=a", "idempotency-key", key);
        STRIPE.behave("\"pruneIdempotencyAfterSeconds\":0");
        Answer second = STRIPE.post("/v1/customers", "name=b", "idempotency-key", key);
        assertThat(second.status()).isEqualTo(200);
        assertThat(second.json().path("id").asString())
                .isNotEqualTo(first.json().path("id").asString());
    }

    @Test
    void aLostAnswerIsFoundAgainUnderItsKey() throws StripeException {
        String email = UUID.randomUUID() + "@example.com";
        String key = UUID.randomUUID().toString();
        CustomerCreateParams params =
                CustomerCreateParams.builder().setEmail(email).build();
        STRIPE.behave("\"lostAnswerRate\":1");
        assertThatThrownBy(() -> STRIPE.client.v1().customers().create(params, SimulatedStripe.key(key)))
                .isInstanceOf(ApiConnectionException.class);
        STRIPE.send("DELETE", "/_behaviour", "");
        Customer found = STRIPE.client.v1().customers().create(params, SimulatedStripe.key(key));
        assertThat(STRIPE.get("/v1/customers?email=" + email)
                        .json()
                        .path("data")
                        .valueStream()
                        .map(customer -> customer.path("id").asString()))
                .containsExactly(found.getId());
    }

    @Test
    void injectedErrorsHaveNoEffectAndTheClientsRetriesGetThrough() throws StripeException {
        String email = UUID.randomUUID() + "@example.com";
        CustomerCreateParams params =
                CustomerCreateParams.builder().setEmail(email).build();
        STRIPE.behave("\"errorRate\":1");
        assertThatThrownBy(() -> STRIPE.client.v1().customers().create(params))
                .isInstanceOfSatisfying(
                        ApiException.class,
                        failed -> assertThat(failed.getStatusCode()).isEqualTo(500));
        STRIPE.behave("\"errorRate\":0.5,\"seed\":7");
        STRIPE.clientWithKey(SimulatedStripe.KEY, 30).v1().customers().create(params);
        STRIPE.send("DELETE", "/_behaviour", "");
        assertThat(STRIPE.get("/v1/customers?email=" + email).json().path("data"))
                .hasSize(1);
    }

    @Test
    void callsBeyondTheLimitAreThrottled() {
        STRIPE.behave("\"rateLimitPerSecond\":1");
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 50; i++) {
                        STRIPE.client.v1().customers().list();
                    }
                })
                .isInstanceOfSatisfying(RateLimitException.class, throttled -> {
                    assertThat(throttled.getStatusCode()).isEqualTo(429);
                    assertThat(throttled.getCode()).isEqualTo("rate_limit");
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"errorRate\":2}|errorRate",
                "{\"colour\":1}|colour",
                "{\"rateLimitPerSecond\":0}|rateLimitPerSecond",
                "{\"duplicateWebhooks\":\"yes\"}|duplicateWebhooks",
                "[]|body",
                "|body"
            })
    void aWrongBehaviourIsNamedAndChangesNothing(String line) {
        String[] parts = line.split("\\|", -1);
        Answer answer = STRIPE.send("PUT", "/_behaviour", parts[0]);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error().path("field").asString()).isEqualTo(parts[1]);
        assertThat(STRIPE.get("/_behaviour").json().path("errorRate").doubleValue())
                .isZero();
    }

    @Test
    void jsonBodiesAreRefusedAsStripeRefusesThem() {
        Answer answer = STRIPE.send("POST", "/v1/customers", "{}", "content-type", "application/json");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error().path("message").asString()).contains("form-urlencoded");
    }
}
