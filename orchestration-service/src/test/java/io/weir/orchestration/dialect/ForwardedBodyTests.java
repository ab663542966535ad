package io.weir.orchestration.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ForwardedBodyTests {

    private static final String HI = "\"messages\":[{\"role\":\"user\",\"content\":\"h\\u00e4 ü 🙂\"}]";

    private static String forwarded(String body) {
        ChatRequest request = ChatRequestReader.read(body.getBytes(StandardCharsets.UTF_8));
        return new String(ForwardedBody.of(request, "gpt-4o-mini", 77), StandardCharsets.UTF_8);
    }

    private static JsonNode json(String body) {
        return JsonMapper.shared().readTree(forwarded(body));
    }

    @Test
    void aBodyThatNeedsNothingIsPassedOnByteForByte() {
        String body = "  {\"max_tokens\" : 5 , \"model\":\"gpt-4o-mini\",\"x\":1e400, " + HI + "}\n";
        assertThat(forwarded(body)).isEqualTo(body);
    }

    @Test
    void theLimitIsAddedAndEverythingElseStays() {
        assertThat(forwarded("{\"model\":\"gpt-4o-mini\",\"x\":{\"y\":[1, 2 ]}," + HI + "}"))
                .isEqualTo("{\"max_completion_tokens\":77,\"model\":\"gpt-4o-mini\",\"x\":{\"y\":[1, 2 ]}," + HI + "}");
    }

    @Test
    void aLimitOfNullIsReplaced() {
        assertThat(json("{\"max_tokens\":null,\"model\":\"gpt-4o-mini\"," + HI + "}")
                        .path("max_tokens")
                        .asInt())
                .isEqualTo(77);
        JsonNode both = json("{\"max_completion_tokens\": null ,\"model\":\"gpt-4o-mini\"," + HI + "}");
        assertThat(both.path("max_completion_tokens").asInt()).isEqualTo(77);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"max_tokens\" : 5 ,",
                "\"max\\u005ftokens\":5,",
                "\"max_tokens\":5,\"max_completion_tokens\":null,",
                "\"max_tokens\":null,\"max_completion_tokens\":5,",
                "\"max_completion_tokens\":5,"
            })
    void aModelThatTheClientDidNotChooseGetsTheLimitByItsNewName(String limit) {
        JsonNode body = json("{ \"model\":\"auto\"," + limit + HI + "}");
        assertThat(body.path("max_completion_tokens").asInt()).isEqualTo(5);
        assertThat(body.path("max_tokens").isMissingNode()
                        || body.path("max_tokens").isNull())
                .isTrue();
        assertThat(body.path("model").asString()).isEqualTo("gpt-4o-mini");
        assertThat(body.path("messages").path(0).path("content").asString()).isEqualTo("hä ü 🙂");
    }

    @Test
    void theFirstFieldMayBeTheLimitThatIsRenamedWhileOthersAreAddedBeforeIt() {
        assertThat(forwarded("{\"max_tokens\":5,\"model\":\"auto\",\"stream\":true," + HI + "}"))
                .isEqualTo("{\"stream_options\":{\"include_usage\":true},\"max_completion_tokens\":5,"
                        + "\"model\":\"gpt-4o-mini\",\"stream\":true," + HI + "}");
    }

    @Test
    void aReasoningModelThatTheClientDidNotChooseSamplesAsItLikes() {
        String body = "{\"temperature\" : 0.2,\"top_p\":1.00," + HI + "}";
        ChatRequest request = ChatRequestReader.read(body.getBytes(StandardCharsets.UTF_8));
        OpenAiDialect dialect = new OpenAiDialect();
        assertThat(dialect.lacks(request, "gpt-4o")).isEmpty();
        assertThat(dialect.lacks(request, "gpt-5.6-luna"))
                .extracting(Lack::field)
                .containsExactly("temperature");
        JsonNode sent = JsonMapper.shared().readTree(ForwardedBody.of(request, "gpt-5.6-luna", 77));
        assertThat(sent.path("temperature").asInt()).isEqualTo(1);
        assertThat(json(body).path("temperature").asDouble()).isEqualTo(0.2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"model\":null,", "\"model\" : \"other\" ,"})
    void theModelIsTheRoutes(String model) {
        assertThat(json("{" + model + HI + "}").path("model").asString()).isEqualTo("gpt-4o-mini");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\"stream_options\":null,",
                "\"stream_options\":{},",
                "\"stream_options\":{\"include_usage\":false},",
                "\"stream_options\":{\"include_usage\":true},",
                "\"stream_options\":{\"include_usage\":true,\"include_usage\":false},",
            })
    void aStreamIsAlwaysAskedForUsage(String options) {
        JsonNode body = json("{\"model\":\"gpt-4o-mini\",\"stream\":true," + options + HI + "}");
        assertThat(body.path("stream_options").path("include_usage").asBoolean())
                .isTrue();
        assertThat(body.path("messages").path(0).path("content").asString()).isEqualTo("hä ü 🙂");
    }

    @Test
    void otherStreamOptionsStay() {
        JsonNode body = json("{\"stream\":true,\"stream_options\":{\"include_obfuscation\":false}," + HI + "}");
        assertThat(body.path("stream_options").path("include_obfuscation").isBoolean())
                .isTrue();
    }

    @Test
    void theInputBoundCoversPictures() {
        ChatRequest request = ChatRequestReader.read("""
                {"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"what"},
                 {"type":"image_url","image_url":{"url":"https://e.com/a.png"}}]}]}
                """.getBytes(StandardCharsets.UTF_8));
        assertThat(request.images()).isEqualTo(1);
        assertThat(new OpenAiDialect().inputBound(request)).isGreaterThan(48_169);
    }
}
