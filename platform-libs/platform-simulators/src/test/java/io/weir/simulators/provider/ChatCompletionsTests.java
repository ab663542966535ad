package io.weir.simulators.provider;

import static io.weir.simulators.provider.SimulatorClient.HELLO;
import static org.assertj.core.api.Assertions.assertThat;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import io.weir.simulators.provider.SimulatorClient.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ChatCompletionsTests {

    private static final Encoding O200K = Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE);

    private static final String TOOLS = """
            "tools":[{"type":"function","function":{"name":"get_time","parameters":{"type":"object","properties":{}}}},
             {"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":
               {"city":{"type":"string"},"days":{"type":"integer"},"unit":{"enum":["celsius","kelvin"]}}}}}]""";

    private static final ProviderSimulator SIMULATOR = ProviderSimulator.start(ProviderSimulatorOptions.onAnyPort());
    private static final SimulatorClient CLIENT = new SimulatorClient(SIMULATOR);

    @BeforeAll
    static void friendlyProvider() {
        CLIENT.send("DELETE", "/_behaviour", "");
    }

    @AfterAll
    static void stop() {
        CLIENT.close();
        SIMULATOR.close();
    }

    @Test
    void aPlainAnswerHasEveryFieldThatClientsRead() {
        Answer answer = CLIENT.chat(HELLO);
        JsonNode body = answer.json();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.requestId()).startsWith("req_");
        assertThat(answer.headers().firstValue("openai-processing-ms")).isPresent();
        assertThat(body.path("id").stringValue()).startsWith("chatcmpl-");
        assertThat(body.path("object").stringValue()).isEqualTo("chat.completion");
        assertThat(body.path("model").stringValue()).isEqualTo("gpt-4o-mini-2024-07-18");
        JsonNode choice = body.path("choices").path(0);
        assertThat(choice.path("index").intValue()).isZero();
        assertThat(choice.path("message").path("role").stringValue()).isEqualTo("assistant");
        assertThat(choice.path("message").path("refusal").isNull()).isTrue();
        assertThat(choice.path("finish_reason").stringValue()).isEqualTo("stop");
        assertThat(body.at("/usage/prompt_tokens_details/cached_tokens").isInt())
                .isTrue();
        assertThat(body.at("/usage/completion_tokens_details/reasoning_tokens").isInt())
                .isTrue();
    }

    @Test
    void promptTokensFollowThePublishedRule() {
        String messages = """
                [{"role":"system","content":"You are a weir."},
                 {"role":"user","name":"ada","content":[{"type":"text","text":"How deep is the water?"}]}]""";
        int expected = 3
                + 3
                + O200K.countTokens("system")
                + O200K.countTokens("You are a weir.")
                + 3
                + O200K.countTokens("user")
                + O200K.countTokens("How deep is the water?")
                + 1
                + O200K.countTokens("ada");
        JsonNode body = CLIENT.chatted("\"model\":\"gpt-4o\",\"messages\":" + messages);
        assertThat(body.at("/usage/prompt_tokens").intValue()).isEqualTo(expected);
    }

    @Test
    void completionTokensAreTheTokensOfTheText() {
        JsonNode body = CLIENT.chatted(HELLO + ",\"n\":3");
        int counted = 0;
        for (JsonNode choice : body.path("choices").values()) {
            counted += O200K.countTokens(choice.at("/message/content").stringValue());
        }
        assertThat(body.path("choices").size()).isEqualTo(3);
        assertThat(body.at("/usage/completion_tokens").intValue()).isEqualTo(counted);
        assertThat(body.at("/usage/total_tokens").intValue())
                .isEqualTo(counted + body.at("/usage/prompt_tokens").intValue());
    }

    @Test
    void bothNamesOfTheLimitCutTheAnswer() {
        for (String limit : new String[] {"max_tokens", "max_completion_tokens"}) {
            JsonNode body = CLIENT.chatted(HELLO + ",\"" + limit + "\":7");
            assertThat(body.at("/usage/completion_tokens").intValue()).isEqualTo(7);
            assertThat(body.at("/choices/0/finish_reason").stringValue()).isEqualTo("length");
        }
    }

    @Test
    void aLimitThatIsNotReachedLeavesTheAnswerWhole() {
        JsonNode body = CLIENT.chatted(HELLO + ",\"max_tokens\":1000");
        assertThat(body.at("/choices/0/finish_reason").stringValue()).isEqualTo("stop");
        assertThat(body.at("/usage/completion_tokens").intValue()).isBetween(60, 130);
    }

    @Test
    void aStopSequenceEndsTheAnswerBeforeIt() {
        String whole = CLIENT.chatted(HELLO).at("/choices/0/message/content").stringValue();
        String stop = whole.substring(20, 24);
        JsonNode body = CLIENT.chatted(HELLO + ",\"stop\":[\"" + stop + "\",\"zzz\"]");
        assertThat(body.at("/choices/0/message/content").stringValue())
                .isEqualTo(whole.substring(0, whole.indexOf(stop)));
        assertThat(body.at("/choices/0/finish_reason").stringValue()).isEqualTo("stop");
    }

    @Test
    void theSameSeedAndPromptGiveTheSameTextAndAnotherSeedAnother() {
        String first = textOf(HELLO);
        assertThat(textOf(HELLO)).isEqualTo(first);
        assertThat(textOf(HELLO + ",\"seed\":7")).isNotEqualTo(first).isEqualTo(textOf(HELLO + ",\"seed\":7"));
    }

    @Test
    void aForcedToolIsCalledWithArgumentsThatFitItsSchema() {
        JsonNode body = CLIENT.chatted(HELLO + "," + TOOLS
                + ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"get_weather\"}}");
        JsonNode call = body.at("/choices/0/message/tool_calls/0");
        assertThat(body.at("/choices/0/message/content").isNull()).isTrue();
        assertThat(body.at("/choices/0/finish_reason").stringValue()).isEqualTo("stop");
        assertThat(call.path("id").stringValue()).startsWith("call_");
        assertThat(call.at("/function/name").stringValue()).isEqualTo("get_weather");
        String text = call.at("/function/arguments").stringValue();
        JsonNode arguments = JsonMapper.shared().readTree(text);
        assertThat(arguments.path("city").isString()).isTrue();
        assertThat(arguments.path("days").isInt()).isTrue();
        assertThat(arguments.path("unit").stringValue()).isEqualTo("celsius");
        assertThat(body.at("/usage/completion_tokens").intValue()).isEqualTo(1 + O200K.countTokens(text));
    }

    @Test
    void leftToItselfTheModelCallsTheToolThatThePromptNames() {
        String asks =
                "\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\"Use get_weather.\"}]," + TOOLS;
        JsonNode called = CLIENT.chatted(asks);
        assertThat(called.at("/choices/0/message/tool_calls/0/function/name").stringValue())
                .isEqualTo("get_weather");
        assertThat(called.at("/choices/0/finish_reason").stringValue()).isEqualTo("tool_calls");
        JsonNode refused = CLIENT.chatted(asks + ",\"tool_choice\":\"none\"");
        JsonNode unasked = CLIENT.chatted(HELLO + "," + TOOLS);
        assertThat(refused.at("/choices/0/message").has("tool_calls")).isFalse();
        assertThat(unasked.at("/choices/0/message").has("tool_calls")).isFalse();
        JsonNode required = CLIENT.chatted(HELLO + "," + TOOLS + ",\"tool_choice\":\"required\"");
        assertThat(required.at("/choices/0/finish_reason").stringValue()).isEqualTo("tool_calls");
    }

    @Test
    void modelsAreListedAndFound() {
        JsonNode list = CLIENT.send("GET", "/v1/models", "").json();
        assertThat(list.path("object").stringValue()).isEqualTo("list");
        assertThat(list.path("data").valueStream().map(model -> model.path("id").stringValue()))
                .contains("gpt-4o-mini", "gpt-4o-mini-2024-07-18", "text-embedding-3-small");
        JsonNode one = CLIENT.send("GET", "/v1/models/gpt-4o", "").json();
        assertThat(one.path("owned_by").isString()).isTrue();
        assertThat(one.path("created").isIntegralNumber()).isTrue();
    }

    private static String textOf(String fields) {
        return CLIENT.chatted(fields).at("/choices/0/message/content").stringValue();
    }
}
