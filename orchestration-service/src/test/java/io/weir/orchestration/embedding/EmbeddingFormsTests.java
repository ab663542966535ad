package io.weir.orchestration.embedding;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.orchestration.dialect.ProviderRequest;
import io.weir.orchestration.dialect.WireJson;
import io.weir.orchestration.embedding.EmbeddingRequest.Texts;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class EmbeddingFormsTests {

    private static EmbeddingRequest read(String body) {
        return EmbeddingRequestReader.read(body.getBytes(UTF_8));
    }

    private static String sent(EmbeddingDialect dialect, String body) {
        return new String(dialect.request(read(body), "m").body(), UTF_8);
    }

    @Test
    void openAiIsSentWhatItKnowsAndNothingElse() {
        String one = "{\"input\": \"a\\ud83d\\ude00b\", \"user\": \"u\", \"dimensions\": 8, \"x\": [{\"input\": 1}]}";
        assertThat(WireJson.read(sent(new OpenAiEmbeddings(), one)))
                .isEqualTo(
                        WireJson.read(
                                "{\"model\":\"m\",\"input\":[\"a\\ud83d\\ude00b\"],\"encoding_format\":\"base64\",\"dimensions\":8,\"user\":\"u\"}"));
        assertThat(sent(new OpenAiEmbeddings(), "{\"input\": [[1, 2], [3]]}")).contains("\"input\":[[1,2],[3]]");
        assertThat(sent(new OpenAiEmbeddings(), "{\"input\": [1, 2]}")).contains("\"input\":[[1,2]]");
    }

    @Test
    void geminiIsSentOneRequestPerText() {
        ProviderRequest request = new GeminiEmbeddings()
                .request(
                        read("{\"input\": [\"a\", \"b\"], \"dimensions\": 8, \"user\": \"u\"}"),
                        "gemini-embedding-001");
        assertThat(request.path()).isEqualTo("/v1beta/models/gemini-embedding-001:batchEmbedContents");
        String each = "{\"model\":\"models/gemini-embedding-001\",\"content\":{\"parts\":[{\"text\":\"%s\"}]},"
                + "\"outputDimensionality\":8}";
        assertThat(new String(request.body(), UTF_8))
                .isEqualTo("{\"requests\":[" + each.formatted("a") + "," + each.formatted("b") + "]}");
    }

    @Test
    void geminisAnswerIsReadWithItsUsageWhereItHasOne() {
        String vectors = "\"embeddings\":[{\"values\":[1,2]},{\"values\":[3,4]}]";
        EmbeddingAnswer counted = new GeminiEmbeddings()
                .answer(("{" + vectors + ",\"usageMetadata\":{\"promptTokenCount\":5}}").getBytes(UTF_8))
                .orElseThrow();
        assertThat(counted.usage().orElseThrow().buckets().input()).isEqualTo(5);
        assertThat(counted.vectors()).containsExactly(new float[] {1, 2}, new float[] {3, 4});
        assertThat(new GeminiEmbeddings()
                        .answer(("{" + vectors + "}").getBytes(UTF_8))
                        .orElseThrow()
                        .usage())
                .isEmpty();
        assertThat(new GeminiEmbeddings().answer("{\"embeddings\":[{}]}".getBytes(UTF_8)))
                .isEmpty();
    }

    @Property
    void theBoundIsNeverBelowTheBytesOfUtf8(@ForAll String text) {
        assertThat(new Texts(List.of(text)).tokenBound()).isGreaterThan(text.getBytes(UTF_8).length);
    }
}
