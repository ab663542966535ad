package io.weir.simulators.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.simulators.provider.SimulatorClient.Answer;
import io.weir.simulators.provider.SimulatorClient.OpenStream;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Gemini's content, plain and streaming.
class ContentTests {

    static final String PRO = "gemini-2.5-pro";
    static final String LITE = "gemini-2.5-flash-lite";
    static final String HELLO = "\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"hello\"}]}]";
    static final String TOOLS = """
            "tools":[{"functionDeclarations":[{"name":"get_time"},
             {"name":"get_weather","parameters":{"type":"OBJECT","properties":
               {"city":{"type":"STRING"},"days":{"type":"INTEGER"},"unit":{"type":"STRING","enum":["celsius","kelvin"]}}}}]}]""";

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
    void aPlainAnswerHasEveryFieldThatClientsRead() {
        Answer answer = CLIENT.content(PRO, HELLO);
        JsonNode body = answer.json();
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        JsonNode candidate = body.at("/candidates/0");
        assertThat(candidate.at("/content/role").stringValue()).isEqualTo("model");
        assertThat(candidate.at("/content/parts/0/text").stringValue()).isNotBlank();
        assertThat(candidate.path("finishReason").stringValue()).isEqualTo("STOP");
        assertThat(candidate.path("index").intValue(-1)).isZero();
        assertThat(body.path("modelVersion").stringValue()).isEqualTo(PRO);
        assertThat(body.path("responseId").stringValue()).isNotBlank();
        JsonNode usage = body.path("usageMetadata");
        assertThat(usage.path("promptTokenCount").intValue()).isEqualTo(3);
        assertThat(usage.path("candidatesTokenCount").intValue()).isBetween(60, 130);
        assertThat(usage.has("cachedContentTokenCount")).isFalse();
    }

    @Test
    void whatAReasoningModelThinksIsCountedApartFromItsAnswer() {
        Answer answer = CLIENT.content(PRO, HELLO);
        JsonNode usage = answer.json().path("usageMetadata");
        int thought = usage.path("thoughtsTokenCount").intValue();
        int shown = usage.path("candidatesTokenCount").intValue();
        assertThat(thought).isBetween(30, 65);
        assertThat(usage.path("totalTokenCount").intValue()).isEqualTo(3 + thought + shown);
        JsonNode entry = CLIENT.ledger().path("by_request").path(answer.requestId());
        assertThat(entry.path("provider").stringValue()).isEqualTo("gemini");
        assertThat(entry.path("model").stringValue()).isEqualTo(PRO);
        assertThat(entry.path("text_out").intValue()).isEqualTo(thought + shown);
        assertThat(entry.path("reasoning_out").intValue()).isEqualTo(thought);
    }

    @Test
    void thinkingFollowsTheModelAndTheBudget() {
        assertThat(thoughtBy(LITE, "")).isZero();
        assertThat(thoughtBy(LITE, "512")).isPositive();
        assertThat(thoughtBy("gemini-2.5-flash", "")).isPositive();
        assertThat(thoughtBy("gemini-2.5-flash", "0")).isZero();
    }

    @Test
    void theLimitCoversWhatIsThoughtToo() {
        JsonNode body = CLIENT.content(PRO, HELLO + ",\"generationConfig\":{\"maxOutputTokens\":70}")
                .json();
        JsonNode usage = body.path("usageMetadata");
        assertThat(body.at("/candidates/0/finishReason").stringValue()).isEqualTo("MAX_TOKENS");
        assertThat(usage.path("thoughtsTokenCount").intValue()
                        + usage.path("candidatesTokenCount").intValue())
                .isEqualTo(70);
        JsonNode silent = CLIENT.content(PRO, HELLO + ",\"generationConfig\":{\"maxOutputTokens\":5}")
                .json();
        assertThat(silent.at("/candidates/0/content").has("parts")).isFalse();
        assertThat(silent.at("/candidates/0/finishReason").stringValue()).isEqualTo("MAX_TOKENS");
    }

    @Test
    void aForcedFunctionIsCalledWithArgumentsThatFitItsSchema() {
        JsonNode body = CLIENT.content(
                        PRO,
                        HELLO + "," + TOOLS + ",\"toolConfig\":{\"functionCallingConfig\":{\"mode\":\"ANY\","
                                + "\"allowedFunctionNames\":[\"get_weather\"]}}")
                .json();
        JsonNode call = body.at("/candidates/0/content/parts/0/functionCall");
        assertThat(body.at("/candidates/0/finishReason").stringValue()).isEqualTo("STOP");
        assertThat(call.path("name").stringValue()).isEqualTo("get_weather");
        assertThat(call.at("/args/city").isString()).isTrue();
        assertThat(call.at("/args/days").isInt()).isTrue();
        assertThat(call.at("/args/unit").stringValue()).isEqualTo("celsius");
    }

    @Test
    void leftToItselfTheModelCallsTheFunctionThatThePromptNamesAndAnswersItsResult() {
        String asks = HELLO.replace("hello", "use get_time");
        assertThat(CLIENT.content(LITE, asks + "," + TOOLS)
                        .json()
                        .at("/candidates/0/content/parts/0/functionCall/name")
                        .stringValue())
                .isEqualTo("get_time");
        assertThat(CLIENT.content(LITE, HELLO + "," + TOOLS)
                        .json()
                        .at("/candidates/0/content/parts/0")
                        .has("functionCall"))
                .isFalse();
        JsonNode answered = CLIENT.content(LITE, TOOLS + """
                        ,"contents":[{"role":"user","parts":[{"text":"use get_time"}]},
                          {"role":"model","parts":[{"functionCall":{"name":"get_time","args":{}}}]},
                          {"role":"user","parts":[{"functionResponse":{"name":"get_time","response":{"time":"noon"}}}]}]""").json();
        assertThat(answered.at("/candidates/0/content/parts/0/text").isString()).isTrue();
    }

    @Test
    void aSchemaOfTheAnswerIsFitted() {
        JsonNode body = CLIENT.content(
                        LITE,
                        HELLO + ",\"generationConfig\":{\"responseMimeType\":\"application/json\",\"responseSchema\":"
                                + "{\"type\":\"OBJECT\",\"properties\":{\"ok\":{\"type\":\"BOOLEAN\"}}}}")
                .json();
        assertThat(body.at("/candidates/0/content/parts/0/text").stringValue()).isEqualTo("{\"ok\":true}");
    }

    @Test
    void aLongInstructionIsReadFromTheCacheTheSecondTime() {
        String fields = HELLO + ",\"systemInstruction\":{\"parts\":[{\"text\":\"" + "water ".repeat(1_100) + "\"}]}";
        assertThat(CLIENT.content(LITE, fields).json().path("usageMetadata").has("cachedContentTokenCount"))
                .isFalse();
        JsonNode usage = CLIENT.content(LITE, fields).json().path("usageMetadata");
        assertThat(usage.path("cachedContentTokenCount").intValue())
                .isBetween(1_024, usage.path("promptTokenCount").intValue());
    }

    @Test
    void everyChunkOfAStreamIsAWholeResponseAndTheLastHasReasonAndUsage() {
        Answer answer = CLIENT.contentStream(PRO, HELLO);
        List<JsonNode> events = answer.events();
        assertThat(answer.headers().firstValue("content-type")).hasValue("text/event-stream; charset=utf-8");
        assertThat(events).allSatisfy(event -> {
            assertThat(event.at("/candidates/0/content/role").stringValue()).isEqualTo("model");
            assertThat(event.path("responseId").stringValue())
                    .isEqualTo(events.getFirst().path("responseId").stringValue());
        });
        assertThat(events.subList(0, events.size() - 1))
                .noneMatch(event -> event.at("/candidates/0").has("finishReason"));
        JsonNode last = events.getLast();
        assertThat(last.at("/candidates/0/finishReason").stringValue()).isEqualTo("STOP");
        JsonNode plain = CLIENT.content(PRO, HELLO).json();
        assertThat(last.path("usageMetadata")).isEqualTo(plain.path("usageMetadata"));
        assertThat(textOf(events))
                .isEqualTo(plain.at("/candidates/0/content/parts/0/text").stringValue());
        assertThat(CLIENT.ledger()
                        .path("by_request")
                        .path(answer.requestId())
                        .path("text_out")
                        .intValue())
                .isEqualTo(last.at("/usageMetadata/candidatesTokenCount").intValue()
                        + last.at("/usageMetadata/thoughtsTokenCount").intValue());
    }

    @Test
    void aFunctionCallStreamsInOnePieceThatCountsAllItsTokens() {
        Answer answer = CLIENT.contentStream(LITE, HELLO.replace("hello", "use get_weather") + "," + TOOLS);
        List<JsonNode> calls = answer.events().stream()
                .map(event -> event.at("/candidates/0/content/parts/0/functionCall"))
                .filter(JsonNode::isObject)
                .toList();
        assertThat(calls)
                .singleElement()
                .satisfies(
                        call -> assertThat(call.at("/args/unit").stringValue()).isEqualTo("celsius"));
        assertThat(CLIENT.ledger()
                        .path("by_request")
                        .path(answer.requestId())
                        .path("text_out")
                        .intValue())
                .isEqualTo(answer.events()
                        .getLast()
                        .at("/usageMetadata/candidatesTokenCount")
                        .intValue())
                .isGreaterThan(3);
    }

    @Test
    void severalCandidatesAreToldByTheirIndexPlainAndStreaming() {
        String fields = HELLO + ",\"generationConfig\":{\"candidateCount\":2,\"maxOutputTokens\":4}";
        JsonNode plain = CLIENT.content(LITE, fields).json();
        List<JsonNode> events = CLIENT.contentStream(LITE, fields).events();
        assertThat(plain.path("candidates")
                        .valueStream()
                        .map(candidate -> candidate.path("index").intValue()))
                .containsExactly(0, 1);
        assertThat(plain.at("/candidates/0/content")).isNotEqualTo(plain.at("/candidates/1/content"));
        assertThat(plain.at("/usageMetadata/candidatesTokenCount").intValue()).isEqualTo(8);
        assertThat(events.subList(0, 8).stream()
                        .map(event -> event.at("/candidates/0/index").intValue()))
                .containsExactly(0, 1, 0, 1, 0, 1, 0, 1);
        assertThat(events.getLast()
                        .path("candidates")
                        .valueStream()
                        .map(candidate -> candidate.path("finishReason").stringValue()))
                .containsExactly("MAX_TOKENS", "MAX_TOKENS");
        assertThat(events.getLast().path("usageMetadata")).isEqualTo(plain.path("usageMetadata"));
    }

    @Test
    void aStreamThatTheClientLeavesCountsWhatWasThoughtAndSent() {
        CLIENT.behave("\"provider\":\"gemini\",\"chunkDelayMs\":40,\"outputTokens\":200,\"reasoningTokens\":17");
        String id;
        try (OpenStream stream = CLIENT.openContent(PRO, HELLO)) {
            id = stream.requestId();
            stream.readLines("\"text\":", 5);
        }
        JsonNode entry = CLIENT.settledLedger().path("by_request").path(id);
        assertThat(entry.path("cancelled").booleanValue()).isTrue();
        assertThat(entry.path("reasoning_out").intValue()).isEqualTo(17);
        assertThat(entry.path("text_out").intValue()).isBetween(17 + 5, 17 + 8);
    }

    private static int thoughtBy(String model, String budget) {
        String config = budget.isEmpty()
                ? ""
                : ",\"generationConfig\":{\"thinkingConfig\":{\"thinkingBudget\":" + budget + "}}";
        Answer answer = CLIENT.content(model, HELLO + config);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json().at("/usageMetadata/thoughtsTokenCount").asInt(0);
    }

    private static String textOf(List<JsonNode> events) {
        return events.stream()
                .map(event -> event.at("/candidates/0/content/parts/0/text").asString(""))
                .collect(Collectors.joining());
    }
}
