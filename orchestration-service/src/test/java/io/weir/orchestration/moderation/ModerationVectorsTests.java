package io.weir.orchestration.moderation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.weir.money.Meter;
import io.weir.orchestration.budget.Budgets.Reserved;
import io.weir.orchestration.inference.AnswerReader.Whole;
import io.weir.orchestration.route.Candidate;
import io.weir.orchestration.route.Routes;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Files of the same name under `golden/moderations/<direction>`.
class ModerationVectorsTests {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Path GOLDEN = Path.of("src/test/resources/golden/moderations");
    private static final Candidate CANDIDATE =
            Routes.candidate(Routes.of("openai", "omni-moderation-latest", Map.of(Meter.REQUEST, "0")), 1, true);

    private static Stream<String> all(String direction) throws IOException {
        try (Stream<Path> files = Files.list(GOLDEN.resolve(direction))) {
            return files
                    .map(file -> direction + "/" + file.getFileName())
                    .filter(file -> file.endsWith(".in.json"))
                    .map(file -> file.substring(0, file.length() - ".in.json".length()))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    static Stream<String> requests() throws IOException {
        return all("request");
    }

    static Stream<String> answers() throws IOException {
        return all("answer");
    }

    private static byte[] bytes(String name, String ending) throws IOException {
        return Files.readAllBytes(GOLDEN.resolve(name + ending));
    }

    @Test
    void eachDirectionHasItsVectors() throws IOException {
        assertThat(requests()).hasSizeGreaterThanOrEqualTo(26);
        assertThat(answers()).hasSizeGreaterThanOrEqualTo(9);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requests")
    void aRequestIsPutIntoTheProvidersFormOrRefusedByItsOwnName(String name) throws IOException {
        JsonNode expected = JSON.readTree(bytes(name, ".out.json"));
        byte[] body = bytes(name, ".in.json");
        if (!expected.has("refused")) {
            ModerationRequest request = ModerationRequestReader.read(body);
            assertThat(request.results()).isEqualTo(expected.path("results").asInt());
            assertThat(JSON.readTree(ModerationCall.body(request, "omni-moderation-latest")
                            .body()))
                    .isEqualTo(expected.path("body"));
            return;
        }
        PlatformException refused =
                catchThrowableOfType(PlatformException.class, () -> ModerationRequestReader.read(body));
        assertThat(refused.type()).isEqualTo(ProblemType.INVALID_REQUEST);
        String param = expected.at("/refused/param").asString();
        assertThat(refused.param()).isEqualTo(param);
        assertThat(refused).hasMessageContaining("'" + param + "'");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("answers")
    void anAnswerIsPassedOnAsItIsOrNotAtAll(String name) throws IOException {
        JsonNode in = JSON.readTree(bytes(name, ".in.json"));
        byte[] answer = JSON.writeValueAsBytes(in.path("answer"));
        Optional<Whole> read = read(in.path("results").asInt(), answer);
        assertThat(read.isPresent())
                .isEqualTo(
                        JSON.readTree(bytes(name, ".out.json")).path("passed").asBoolean());
        read.ifPresent(whole -> {
            assertThat(whole.body()).isEqualTo(answer);
            assertThat(whole.usage().buckets().byMeter()).isEqualTo(Map.of(Meter.REQUEST, 1L));
        });
    }

    private static Optional<Whole> read(int results, byte[] answer) {
        return new ModerationAnswers(results)
                .read(answer, CANDIDATE, Reserved.nothing(0))
                .blockOptional(Duration.ofSeconds(30));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[1]", "{\"input\": \"a\"", "nonsense", "{\"input\": 1e99999999999}"})
    void whatIsNoObjectIsRefused(String body) {
        PlatformException refused = catchThrowableOfType(
                PlatformException.class, () -> ModerationRequestReader.read(body.getBytes(StandardCharsets.UTF_8)));
        assertThat(refused.type()).isEqualTo(ProblemType.INVALID_REQUEST);
    }

    @Property(tries = 500)
    void anyBytesAreReadOrRefused(@ForAll byte[] body, @ForAll String text) {
        for (byte[] each :
                new byte[][] {body, text.getBytes(StandardCharsets.UTF_8), JSON.writeValueAsBytes(Map.of("input", text))
                }) {
            try {
                assertThat(ModerationRequestReader.read(each).results()).isPositive();
            } catch (PlatformException refused) {
                assertThat(refused.type()).isEqualTo(ProblemType.INVALID_REQUEST);
            }
            assertThat(read(1, each)).isEmpty();
        }
    }
}
