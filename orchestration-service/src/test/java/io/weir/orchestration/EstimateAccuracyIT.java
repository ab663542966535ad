package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.orchestration.Client.Answer;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.math.BigDecimal;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The promise of estimates: within their bounds always, near the expected cost mostly, once some of the tenant's
/// calls were seen. The simulator draws lengths by rules that the estimator does not know.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EstimateAccuracyIT {

    private static final Logger LOG = LoggerFactory.getLogger(EstimateAccuracyIT.class);
    private static final int CALLS = 200;
    private static final BigDecimal FIFTH = new BigDecimal("0.2");
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final List<String> MODELS =
            List.of("auto", "gpt-4o-mini", "gpt-5.6-luna", "claude-haiku-4-5", "gemini-2.5-pro", "claude-sonnet-4-5");

    private final Mesh mesh = Mesh.start();

    @BeforeAll
    void sellEverything() {
        mesh.publish(Catalogue.threeProviders());
    }

    @AfterAll
    void stop() {
        mesh.close();
    }

    private static String call(String model, String messages) {
        return "{\"model\":\"" + model + "\"," + messages + "}";
    }

    // Each seed has a tenant of its own, for which nothing was seen before.
    @ParameterizedTest
    @CsvSource({"1,false", "2,false", "3,true"})
    void afterTwoHundredCallsEstimatesHold(long seed, boolean manyModels) {
        mesh.provider().behave("{\"seed\": " + seed + "}");
        TenantSnapshot tenant = mesh.tenant();
        Client client = mesh.client(tenant);
        SeededPrompts lessons = new SeededPrompts(seed);
        for (int i = 0; i < CALLS; i++) {
            String model = manyModels ? MODELS.get(i % MODELS.size()) : "auto";
            assertThat(client.chat(call(model, lessons.next())).status()).isEqualTo(200);
        }
        SeededPrompts others = new SeededPrompts(seed + 1_000);
        int near = 0;
        TreeMap<String, Integer> served = new TreeMap<>();
        for (int i = 0; i < CALLS; i++) {
            String body = call("auto", others.next());
            JsonNode best = JSON.readTree(client.post("/api/orchestration/estimate", "{\"request\":" + body + "}")
                            .body())
                    .path("recommendation");
            Answer answer = client.chat(body);
            BigDecimal cost = new BigDecimal(answer.header("x-cost-usd"));
            BigDecimal expected = best.path("expected").decimalValue();
            assertThat(answer.header("x-served-model"))
                    .isEqualTo(best.path("model").asString());
            assertThat(cost)
                    .as(body + " " + best + " " + answer)
                    .isBetween(
                            best.path("low").decimalValue(),
                            best.path("ceiling").decimalValue());
            near += cost.subtract(expected).abs().compareTo(expected.multiply(FIFTH)) <= 0 ? 1 : 0;
            served.merge(answer.header("x-served-model"), 1, Integer::sum);
        }
        LOG.warn(
                "Estimates, seed {}: {} of {} within low..ceiling, {} within 20% of expected; served by {}",
                seed, CALLS, CALLS, near, served);
        assertThat(near).isGreaterThanOrEqualTo(CALLS * 8 / 10);
    }
}
