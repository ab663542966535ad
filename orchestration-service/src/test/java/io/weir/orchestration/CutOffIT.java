package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ledger.Attempt;
import io.weir.ledger.Outcome;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.money.Rate;
import io.weir.orchestration.Client.Answer;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.testing.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A provider that does not keep the limit it was sent.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CutOffIT {

    private final Mesh mesh = Mesh.start();

    @AfterAll
    void stop() {
        mesh.close();
    }

    @AfterEach
    void behaveWell() {
        mesh.provider().behaveWell();
    }

    private static String body(String model, boolean stream) {
        return "{\"model\":\"" + model + "\",\"stream\":" + stream + ",\"max_tokens\":60,"
                + (stream ? "\"stream_options\":{\"include_usage\":true}," : "")
                + "\"messages\":[{\"role\":\"user\",\"content\":\"Hello there\"}]}";
    }

    private Amount ceiling(TenantSnapshot tenant) {
        return ((Held) mesh.ledger().await(tenant.tenantId(), 1).getFirst()).ceiling();
    }

    @ParameterizedTest
    @ValueSource(strings = {Mesh.MODEL, Mesh.CLAUDE, Mesh.GEMINI})
    void aStreamThatPassesItsCeilingIsEndedCleanlyAndSettledWithinIt(String model) {
        mesh.provider().behave("{\"limitIgnored\": true, \"outputTokens\": 3000, \"chunkDelayMs\": 5}");
        long before = mesh.provider().ledger().path("text_out").asLong();
        TenantSnapshot tenant = mesh.tenant();
        List<String> data = mesh.client(tenant).lines(body(model, true)).stream()
                .filter(line -> line.startsWith("data: "))
                .map(line -> line.substring(6))
                .toList();

        assertThat(data.getLast()).isEqualTo("[DONE]");
        List<JsonNode> chunks = data.subList(0, data.size() - 1).stream()
                .map(line -> JsonMapper.shared().readTree(line))
                .toList();
        JsonNode first = chunks.getFirst();
        assertThat(chunks).allSatisfy(chunk -> {
            assertThat(chunk.has("error")).isFalse();
            assertThat(chunk.path("id")).isEqualTo(first.path("id"));
            assertThat(chunk.path("created")).isEqualTo(first.path("created"));
        });
        List<JsonNode> ends = chunks.stream()
                .filter(chunk -> chunk.at("/choices/0/finish_reason").isString())
                .toList();
        assertThat(ends).singleElement().isSameAs(chunks.get(chunks.size() - 2));
        assertThat(ends.getFirst().at("/choices/0/finish_reason").asString()).isEqualTo("length");
        assertThat(ends.getFirst().at("/choices/0/delta").isEmpty()).isTrue();
        JsonNode usage = chunks.getLast();
        assertThat(usage.path("choices")).isEmpty();
        assertThat(usage.path("usage").path("completion_tokens").asInt()).isPositive();

        Settled settled = mesh.ledger().settled(tenant.tenantId());
        assertThat(settled.outcome()).isEqualTo(Outcome.CUT_OFF);
        assertThat(settled.billable()).isTrue();
        assertThat(settled.cost()).isLessThanOrEqualTo(ceiling(tenant)).isGreaterThan(Amount.ZERO);
        assertThat(usage.path("x_cost_usd").asString()).isEqualTo(settled.cost().toPlainString());
        if (!model.equals(Mesh.GEMINI)) {
            // Its chunks say what it counts, which is listed, and paid by the platform beyond the ceiling.
            assertThat(settled.attempts().getLast().buckets().of(Meter.TEXT_OUT))
                    .isLessThanOrEqualTo(60);
        }
        Eventually.passes(
                Duration.ofSeconds(5),
                () -> assertThat(mesh.provider().ledger().path("text_out").asLong() - before)
                        .as("the provider was told to stop")
                        .isLessThan(2_500));
    }

    @Test
    void aStreamThatEndsAtItsLimitByItselfIsNoneThatIsCut() {
        mesh.provider().behave("{\"outputTokens\": 3000}");
        for (String model : List.of(Mesh.MODEL, Mesh.CLAUDE, Mesh.GEMINI)) {
            TenantSnapshot tenant = mesh.tenant();
            assertThat(mesh.client(tenant).lines(body(model, true))).contains("data: [DONE]");
            Settled settled = mesh.ledger().settled(tenant.tenantId());
            assertThat(settled.outcome()).as(model).isEqualTo(Outcome.COMPLETED);
            assertThat(settled.attempts().getLast().ceilingBreach()).isNull();
        }
    }

    @Test
    void whatAProviderChargesBeyondTheCeilingIsThePlatforms() {
        mesh.provider().behave("{\"limitIgnored\": true, \"outputTokens\": 3000}");
        TenantSnapshot tenant = mesh.tenant();
        Answer answer = mesh.client(tenant).chat(body(Mesh.MODEL, false));
        assertThat(answer.status()).isEqualTo(200);
        Settled settled = mesh.ledger().settled(tenant.tenantId());
        assertThat(settled.cost()).isEqualTo(ceiling(tenant));
        assertThat(answer.header("x-cost-usd")).isEqualTo(settled.cost().toPlainString());
        Attempt attempt = settled.attempts().getLast();
        Amount breach = Objects.requireNonNull(attempt.ceilingBreach());
        Amount charged = attempt.lines().stream().map(Attempt.PricedLine::cost).reduce(Amount.ZERO, Amount::plus);
        assertThat(charged).as("the lines are what the tenant pays").isEqualTo(attempt.cost());
        assertThat(attempt.lines())
                .allSatisfy(
                        line -> assertThat(line.cost()).isEqualTo(line.rate().times(line.quantity())));
        assertThat(attempt.buckets().of(Meter.TEXT_OUT)).isEqualTo(3_000);
        Amount input = Rate.perMillion("0.15").times(attempt.buckets().of(Meter.TEXT_IN));
        assertThat(attempt.cost().plus(breach))
                .isEqualTo(input.plus(Rate.perMillion("0.60").times(3_000)));
    }
}
