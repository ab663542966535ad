package io.weir.simulators.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.simulators.provider.SimulatorClient.Answer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class EmbeddingsTests {

    private static final String SMALL = "\"model\":\"text-embedding-3-small\",\"input\":";
    private static final String GEMINI = "/gemini/v1beta/models/gemini-embedding-001";

    private static final ProviderSimulator SIMULATOR = ProviderSimulator.start(ProviderSimulatorOptions.onAnyPort());
    private static final SimulatorClient CLIENT = new SimulatorClient(SIMULATOR);

    @BeforeEach
    void friendlyProviderWithEmptyBooks() {
        CLIENT.send("DELETE", "/_behaviour", "");
        CLIENT.send("DELETE", "/_ledger", "");
    }

    @AfterAll
    static void stop() {
        CLIENT.close();
        SIMULATOR.close();
    }

    @Test
    void anEmbeddingHasEveryFieldThatClientsReadAndStandsInTheLedger() {
        Answer answer = embed(SMALL + "\"water\"");
        JsonNode body = answer.json();
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(body.path("object").stringValue()).isEqualTo("list");
        assertThat(body.path("model").stringValue()).isEqualTo("text-embedding-3-small");
        assertThat(body.at("/data/0/object").stringValue()).isEqualTo("embedding");
        assertThat(body.at("/data/0/index").intValue(-1)).isZero();
        assertThat(body.at("/data/0/embedding").size()).isEqualTo(1_536);
        assertThat(body.at("/usage/prompt_tokens").intValue()).isEqualTo(1);
        assertThat(body.at("/usage/total_tokens").intValue()).isEqualTo(1);
        JsonNode entry = CLIENT.ledger().path("by_request").path(answer.requestId());
        assertThat(entry.path("model").stringValue()).isEqualTo("text-embedding-3-small");
        assertThat(entry.path("text_in").intValue()).isEqualTo(1);
        assertThat(entry.path("text_out").intValue()).isZero();
    }

    @Test
    void base64IsTheSameNumbersAsLittleEndianFloats() {
        String fields = SMALL + "[\"water\",\"stone\"],\"dimensions\":64";
        JsonNode floats = embed(fields + ",\"encoding_format\":\"float\"").json();
        JsonNode base64 = embed(fields + ",\"encoding_format\":\"base64\"").json();
        assertThat(floats.path("data").size()).isEqualTo(2);
        for (int i = 0; i < 2; i++) {
            assertThat(decoded(base64.at("/data/" + i + "/embedding").stringValue()))
                    .isEqualTo(numbers(floats.at("/data/" + i + "/embedding")));
        }
    }

    @Test
    void vectorsHaveLengthOneAndDependOnTheTextTheModelAndNothingElse() {
        List<Float> water = vector(SMALL + "\"water\"");
        assertThat(Math.sqrt(water.stream()
                        .mapToDouble(value -> value * (double) value)
                        .sum()))
                .isCloseTo(1, Offset.offset(1e-5));
        assertThat(vector(SMALL + "\"water\"")).isEqualTo(water);
        assertThat(vector(SMALL + "[\"stone\"]")).isNotEqualTo(water);
        assertThat(vector("\"model\":\"text-embedding-3-large\",\"dimensions\":1536,\"input\":\"water\""))
                .isNotEqualTo(water);
        List<Float> shorter = vector(SMALL + "\"water\",\"dimensions\":256");
        assertThat(shorter).hasSize(256);
        double scale = shorter.getFirst() / water.getFirst();
        assertThat(IntStream.range(0, 256)).allMatch(i -> Math.abs(shorter.get(i) - scale * water.get(i)) < 1e-6);
    }

    @Test
    void tokensAreTakenInPlaceOfText() {
        assertThat(embed(SMALL + "[1,2,3]").json().at("/usage/prompt_tokens").intValue())
                .isEqualTo(3);
        JsonNode several = embed(SMALL + "[[1,2,3],[4]]").json();
        assertThat(several.path("data").size()).isEqualTo(2);
        assertThat(several.at("/usage/prompt_tokens").intValue()).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "null",
            value = {
                "400|null|\"input\":\"a\"",
                "404|null|\"model\":\"gpt-9\",\"input\":\"a\"",
                "403|null|\"model\":\"gpt-4o\",\"input\":\"a\"",
                "400|input|\"model\":\"text-embedding-3-small\"",
                "400|input|\"model\":\"text-embedding-3-small\",\"input\":\"\"",
                "400|input|\"model\":\"text-embedding-3-small\",\"input\":[]",
                "400|input|\"model\":\"text-embedding-3-small\",\"input\":{}",
                "400|input|\"model\":\"text-embedding-3-small\",\"input\":[{}]",
                "400|dimensions|\"model\":\"text-embedding-3-small\",\"input\":\"a\",\"dimensions\":1537",
                "400|dimensions|\"model\":\"text-embedding-3-small\",\"input\":\"a\",\"dimensions\":0",
                "400|encoding_format|\"model\":\"text-embedding-3-small\",\"input\":\"a\",\"encoding_format\":\"int8\"",
            })
    void aBadRequestIsRefusedNamingTheField(int status, @Nullable String param, String fields) {
        Answer answer = embed(fields);
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.error().path("param").asString(null)).isEqualTo(param);
    }

    @Test
    void aTextBeyondTheModelsContextIsRefused() {
        Answer answer = embed(SMALL + "\"" + "water ".repeat(8_200) + "\"");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error().path("message").stringValue()).contains("maximum context length is 8192");
    }

    @Test
    void geminiEmbedsOneTextOrABatch() {
        String content = "\"content\":{\"parts\":[{\"text\":\"water\"}]},\"outputDimensionality\":8";
        Answer one = CLIENT.send("POST", GEMINI + ":embedContent", "{" + content + "}");
        Answer batch = CLIENT.send(
                "POST",
                GEMINI + ":batchEmbedContents",
                "{\"requests\":[{\"model\":\"models/gemini-embedding-001\"," + content + "},"
                        + "{\"model\":\"models/gemini-embedding-001\",\"content\":{\"parts\":[{\"text\":\"stone\"}]}}]}");
        assertThat(one.status()).as(one.body()).isEqualTo(200);
        assertThat(batch.status()).as(batch.body()).isEqualTo(200);
        assertThat(one.json().at("/embedding/values").size()).isEqualTo(8);
        assertThat(batch.json().at("/embeddings/0/values")).isEqualTo(one.json().at("/embedding/values"));
        assertThat(batch.json().at("/embeddings/1/values").size()).isEqualTo(3_072);
        assertThat(batch.json().at("/usageMetadata/promptTokenCount").intValue())
                .isEqualTo(2);
        assertThat(CLIENT.ledger().at("/by_provider/gemini/text_in").intValue()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "requests is not specified|{}",
                "requests is not specified|{\"requests\":[]}",
                "model must match|{\"requests\":[{\"model\":\"models/other\",\"content\":{\"parts\":[{\"text\":\"a\"}]}}]}",
                "content is empty|{\"requests\":[{\"model\":\"models/gemini-embedding-001\"}]}",
                "Unknown name \"input\"|{\"input\":\"a\"}",
                "outputDimensionality|{\"requests\":[{\"model\":\"models/gemini-embedding-001\","
                        + "\"content\":{\"parts\":[{\"text\":\"a\"}]},\"outputDimensionality\":3073}]}",
            })
    void aBadBatchIsRefused(String message, String body) {
        Answer answer = CLIENT.send("POST", GEMINI + ":batchEmbedContents", body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.error().path("status").stringValue()).isEqualTo("INVALID_ARGUMENT");
        assertThat(answer.error().path("message").stringValue()).contains(message);
    }

    private static Answer embed(String fields) {
        return CLIENT.send("POST", "/v1/embeddings", "{" + fields + "}");
    }

    private static List<Float> vector(String fields) {
        return numbers(embed(fields).json().at("/data/0/embedding"));
    }

    private static List<Float> numbers(JsonNode values) {
        return values.valueStream().map(value -> (float) value.doubleValue()).toList();
    }

    private static List<Float> decoded(String base64) {
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(base64)).order(ByteOrder.LITTLE_ENDIAN);
        return IntStream.range(0, bytes.capacity() / Float.BYTES)
                .mapToObj(i -> bytes.getFloat(i * Float.BYTES))
                .toList();
    }
}
