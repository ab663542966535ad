package io.weir.orchestration.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.problem.PlatformException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class GoldenVectorsTests {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int LIMIT = 1_000;

    static Stream<Golden> requests() {
        return Golden.all("request");
    }

    static Stream<Golden> answers() {
        return Golden.all("answer");
    }

    static Stream<Golden> streams() {
        return Golden.all("stream");
    }

    @Test
    void eachProviderHasADozenVectorsInEachDirection() {
        for (ProviderDialect dialect : Golden.DIALECTS) {
            for (String direction : List.of("request", "answer", "stream")) {
                assertThat(Golden.of(dialect.name(), direction)).hasSizeGreaterThanOrEqualTo(12);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requests")
    void aRequestIsPutIntoTheProvidersForm(Golden golden) {
        JsonNode expected = golden.json(".out.json");
        ChatRequest request = ChatRequestReader.read(golden.bytes(".in.json"));
        ObjectNode got = JSON.createObjectNode();
        boolean tolerant = expected.path("tolerant").asBoolean(false);
        if (expected.has("tolerant")) {
            got.put("tolerant", tolerant);
        }
        try {
            List<String> warnings = Lack.settle(golden.dialect().lacks(request), tolerant);
            translated(golden, request, got);
            if (!warnings.isEmpty()) {
                warnings.forEach(got.putArray("warnings")::add);
            }
        } catch (PlatformException refused) {
            got.putObject("refused").put("param", refused.param()).put("message", refused.getMessage());
        }
        assertThat(Golden.pretty(got)).isEqualTo(Golden.pretty(expected));
    }

    private static void translated(Golden golden, ChatRequest request, ObjectNode got) {
        String named = golden.json(".in.json").path("model").asString("");
        String model = golden.provider().equals("openai") ? "gpt-4o-mini" : named;
        Integer asked = request.askedLimit();
        ProviderRequest sent = golden.dialect().chat(request, model, asked == null ? LIMIT : asked);
        got.put("path", sent.path());
        got.set("body", JSON.readTree(sent.body()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("answers")
    void anAnswerIsPutIntoOpenAisForm(Golden golden) {
        ObjectNode got = JSON.createObjectNode();
        golden.dialect()
                .answer(golden.bytes(".in.json"), golden.identity())
                .ifPresentOrElse(
                        answer -> {
                            got.set("answer", JSON.readTree(answer.body()));
                            describe(answer.usage(), got);
                        },
                        () -> got.put("broken", true));
        assertThat(Golden.pretty(got)).isEqualTo(Golden.pretty(golden.json(".out.json")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("streams")
    void aStreamIsPutIntoOpenAisForm(Golden golden) {
        ChatStream stream = new ChatStream(false, golden.dialect().stream(golden.identity()));
        byte[] out = stream.feed(golden.bytes(".in.sse"));
        assertThat(lines(out)).isEqualTo(lines(golden.bytes(".out.sse")));

        ObjectNode got = JSON.createObjectNode();
        got.put("whole", stream.isWhole()).put("done", stream.isDone()).put("failed", stream.failure() != null);
        describe(stream.usage(), got);
        stream.usage().ifPresent(usage -> got.put("last", usage.last()));
        assertThat(Golden.pretty(got)).isEqualTo(Golden.pretty(golden.json(".out.json")));
    }

    @Test
    void aGoodStreamOfOpenAisPassesByteForByte() {
        Golden golden = new Golden("openai", "stream", "01-text-passes-byte-for-byte");
        ChatStream stream = new ChatStream(false, golden.dialect().stream(golden.identity()));
        assertThat(stream.feed(golden.bytes(".in.sse"))).isEqualTo(golden.bytes(".out.sse"));
    }

    private static void describe(Optional<ReportedUsage> usage, ObjectNode got) {
        got.set(
                "buckets",
                usage.filter(ReportedUsage::isCredible)
                        .<JsonNode>map(told -> JSON.valueToTree(told.buckets()))
                        .orElse(JSON.nullNode()));
        usage.filter(told -> !told.unmapped().isEmpty())
                .ifPresent(told -> told.unmapped().keySet().forEach(got.withArray("unmapped")::add));
    }

    // One chunk a line, its fields in order.
    private static String lines(byte[] sse) {
        return Arrays.stream(new String(sse, StandardCharsets.UTF_8).split("\n\n"))
                .filter(frame -> !frame.isBlank())
                .map(frame -> frame.substring("data: ".length()))
                .map(data -> Golden.pretty(JSON.readTree(data)).replaceAll("\\s*\n\\s*", " "))
                .collect(Collectors.joining("\n"));
    }
}
