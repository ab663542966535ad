package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ledger.Outcome;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The older API of texts against a model of each provider, in the context of another test.
interface CompletionsCalls {

    String COMPLETIONS = "/v1/completions";

    Mesh mesh();

    private static String continuing(String model, String more) {
        return "{\"model\":\"" + model + "\"," + more + "\"prompt\":\"Once upon a time\"}";
    }

    @ParameterizedTest
    @ValueSource(strings = {Mesh.MODEL, Mesh.CLAUDE, Mesh.GEMINI})
    default void aTextIsContinuedWithinSixteenTokensAndSettled(String model) {
        mesh().provider().behave("{\"outputTokens\": 100, \"reasoningTokens\": 0}");
        TenantSnapshot tenant = mesh().tenant();
        HttpResponse<String> answer = mesh().client(tenant).post(COMPLETIONS, continuing(model, "\"echo\":true,"));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode text = JsonMapper.shared().readTree(answer.body());
        assertThat(text.path("id").asString()).isNotBlank();
        assertThat(text.path("object").asString()).isEqualTo("text_completion");
        assertThat(text.at("/choices/0/text").asString())
                .startsWith("Once upon a time")
                .hasSizeGreaterThan(20);
        assertThat(text.at("/choices/0/finish_reason").asString()).isEqualTo("length");
        assertThat(text.at("/usage/completion_tokens").asInt()).isEqualTo(16);
        Settled settled = mesh().ledger().settled(tenant.tenantId());
        assertThat(settled.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(answer.headers().firstValue("x-cost-usd"))
                .hasValue(settled.cost().toPlainString());
    }

    @ParameterizedTest
    @ValueSource(strings = {Mesh.MODEL, Mesh.CLAUDE, Mesh.GEMINI})
    default void aTextIsStreamedAndItsUsageComesLast(String model) {
        TenantSnapshot tenant = mesh().tenant();
        HttpResponse<String> answer = mesh().client(tenant)
                .post(
                        COMPLETIONS,
                        continuing(
                                model,
                                "\"max_tokens\":50,\"stream\":true,\"stream_options\":{\"include_usage\":true},"));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).endsWith("data: [DONE]\n\n");
        List<JsonNode> chunks = Stream.of(answer.body().split("\n"))
                .filter(line -> line.startsWith("data: {"))
                .map(line -> JsonMapper.shared().readTree(line.substring(6)))
                .toList();
        assertThat(chunks)
                .allSatisfy(chunk -> assertThat(chunk.path("object").asString()).isEqualTo("text_completion"));
        assertThat(chunks.stream()
                        .map(chunk -> chunk.at("/choices/0/text").asString(""))
                        .collect(Collectors.joining()))
                .isNotBlank();
        Settled settled = mesh().ledger().settled(tenant.tenantId());
        assertThat(chunks.getLast().at("/usage/completion_tokens").asLong())
                .isEqualTo(settled.attempts().getLast().buckets().output());
        assertThat(chunks.getLast().path("x_cost_usd").asString())
                .isEqualTo(settled.cost().toPlainString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "\"prompt\":[1,2]|prompt",
                "\"prompt\":\"a\",\"suffix\":\"z\"|suffix",
                "\"prompt\":\"a\",\"max_tokens\":999999|max_tokens",
                "\"prompt\":\"a\",\"model\":\"claude-sonnet-4-5\",\"logprobs\":2|logprobs",
            })
    default void whatNoTextCanHaveIsNamed(String fields, String param) {
        String model = fields.contains("model") ? "" : "\"model\":\"" + Mesh.MODEL + "\",";
        HttpResponse<String> answer = mesh().client(mesh().tenant()).post(COMPLETIONS, "{" + model + fields + "}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        JsonNode error = JsonMapper.shared().readTree(answer.body()).path("error");
        assertThat(error.path("param").asString()).isEqualTo(param);
        assertThat(error.path("message").asString()).contains("'" + param + "'");
    }

    @Test
    default void textsAreAskedForByPost() {
        assertThat(mesh().client(mesh().tenant()).get(COMPLETIONS).statusCode()).isEqualTo(405);
    }
}
