package io.weir.orchestration.embedding;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.orchestration.embedding.EmbeddingRequest.Format;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddingRequestReaderTests {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "input | {\"model\": \"m\"}",
                "input | {\"model\": \"m\", \"messages\": []}",
                "input | {\"model\": \"m\", \"input\": null}",
                "input | {\"model\": \"m\", \"input\": \"\"}",
                "input | {\"model\": \"m\", \"input\": 5}",
                "input | {\"model\": \"m\", \"input\": {}}",
                "input | {\"model\": \"m\", \"input\": []}",
                "input[1] | {\"model\": \"m\", \"input\": [\"a\", \"\"]}",
                "input[1] | {\"model\": \"m\", \"input\": [\"a\", [1]]}",
                "input[1] | {\"model\": \"m\", \"input\": [[1], \"a\"]}",
                "input[1] | {\"model\": \"m\", \"input\": [[1], []]}",
                "input[0] | {\"model\": \"m\", \"input\": [[]]}",
                "input[0] | {\"model\": \"m\", \"input\": [null]}",
                "input[1] | {\"model\": \"m\", \"input\": [1, 2.5]}",
                "input[1] | {\"model\": \"m\", \"input\": [1, -1]}",
                "input[0][1] | {\"model\": \"m\", \"input\": [[1, 99999999999]]}",
                "encoding_format | {\"model\": \"m\", \"input\": \"a\", \"encoding_format\": \"int8\"}",
                "encoding_format | {\"model\": \"m\", \"input\": \"a\", \"encoding_format\": 5}",
                "dimensions | {\"model\": \"m\", \"input\": \"a\", \"dimensions\": 0}",
                "dimensions | {\"model\": \"m\", \"input\": \"a\", \"dimensions\": 1.5}",
                "dimensions | {\"model\": \"m\", \"input\": \"a\", \"dimensions\": 1e400}",
                "dimensions | {\"model\": \"m\", \"input\": \"a\", \"dimensions\": 99999999999}",
                "user | {\"model\": \"m\", \"input\": \"a\", \"user\": 5}",
                "model | {\"model\": \"\", \"input\": \"a\"}",
                "model | {\"model\": 5, \"input\": \"a\"}",
                "model | {\"model\": \"a\", \"model\": \"b\", \"input\": \"a\"}",
                "'' | [1]",
                "'' | {\"input\": \"a\"",
                "'' | nonsense",
                "'' | {\"input\": \"a\"} {}",
            })
    void whatIsWrongIsNamed(String param, String body) {
        assertThatThrownBy(() -> EmbeddingRequestReader.read(body.getBytes(UTF_8)))
                .isInstanceOfSatisfying(PlatformException.class, problem -> {
                    assertThat(problem.type()).isEqualTo(ProblemType.INVALID_REQUEST);
                    assertThat(problem.param() == null ? "" : problem.param()).isEqualTo(param);
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"a\"", "[\"a\"]", "[7]", "[[7]]"})
    void eachFormOfOneInputIsOne(String input) {
        String body = "{\"input\": " + input + ", \"model\": null, \"dimensions\": null, \"input_type\": \"x\"}";
        EmbeddingRequest request = EmbeddingRequestReader.read(body.getBytes(UTF_8));
        assertThat(request.inputs().count()).isEqualTo(1);
        assertThat(request.format()).isEqualTo(Format.FLOAT);
        assertThat(request.model()).isNull();
        assertThat(request.dimensions()).isNull();
    }

    @Test
    void manyTokensAreOneText() {
        String body = "{\"input\": [" + "5, ".repeat(4_999) + "5]}";
        EmbeddingRequest request = EmbeddingRequestReader.read(body.getBytes(UTF_8));
        assertThat(request.inputs().count()).isEqualTo(1);
        assertThat(request.inputs().tokenBound()).isEqualTo(5_000);
    }

    // Whatever comes: an answer or a refusal, no other exception.
    @Property
    void nothingElseIsThrown(@ForAll byte[] noise, @ForAll String text) {
        for (byte[] body : new byte[][] {noise, text.getBytes(UTF_8), ("{\"input\": " + text).getBytes(UTF_8)}) {
            try {
                assertThat(EmbeddingRequestReader.read(body).inputs().count()).isPositive();
            } catch (PlatformException refused) {
                assertThat(refused.type()).isEqualTo(ProblemType.INVALID_REQUEST);
            }
        }
    }
}
