package io.weir.simulators.provider;

import static io.weir.simulators.provider.SimulatorClient.HELLO;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.simulators.provider.SimulatorClient.Answer;
import io.weir.simulators.provider.SimulatorClient.OpenStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ChatStreamTests {

    private static final String WITH_USAGE = ",\"stream\":true,\"stream_options\":{\"include_usage\":true}";
    private static final String WITHOUT_USAGE = ",\"stream\":true";

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
    void aStreamOpensWithTheRoleAndEndsWithOneFinishReasonThenUsageThenDone() {
        Answer answer = CLIENT.chat(HELLO + WITH_USAGE);
        List<JsonNode> events = answer.events();
        assertThat(answer.headers().firstValue("content-type")).hasValue("text/event-stream; charset=utf-8");
        assertThat(answer.body()).endsWith("data: [DONE]\n\n");
        assertThat(events.getFirst().at("/choices/0/delta/role").stringValue()).isEqualTo("assistant");
        JsonNode finish = events.get(events.size() - 2);
        assertThat(finish.at("/choices/0/delta").isEmpty()).isTrue();
        assertThat(finish.at("/choices/0/finish_reason").stringValue()).isEqualTo("stop");
        assertThat(events.subList(0, events.size() - 2))
                .allSatisfy(
                        event -> assertThat(event.at("/choices/0/finish_reason").isNull())
                                .isTrue());
        assertThat(events.getLast().path("choices").isEmpty()).isTrue();
        assertThat(events.getLast().path("usage").isObject()).isTrue();
    }

    @Test
    void allChunksShareIdCreationTimeAndModelAndNoneHasAnErrorKey() {
        List<JsonNode> events = CLIENT.chat(HELLO + WITH_USAGE).events();
        for (String field : List.of("id", "created", "model", "system_fingerprint")) {
            assertThat(events.stream().map(event -> event.path(field)).distinct())
                    .as(field)
                    .hasSize(1);
        }
        assertThat(events).noneMatch(event -> event.has("error"));
    }

    @Test
    void usageIsNullBeforeItsChunkWhenAskedForAndAbsentWhenNot() {
        List<JsonNode> asked = CLIENT.chat(HELLO + WITH_USAGE).events();
        assertThat(asked.subList(0, asked.size() - 1))
                .allMatch(event -> event.has("usage") && event.path("usage").isNull());
        List<JsonNode> notAsked = CLIENT.chat(HELLO + WITHOUT_USAGE).events();
        assertThat(notAsked).noneMatch(event -> event.has("usage"));
        assertThat(notAsked).noneMatch(event -> event.path("choices").isEmpty());
    }

    @Test
    void eachDeltaIsOneTokenAndTheirTextIsThatOfThePlainAnswer() {
        List<JsonNode> events = CLIENT.chat(HELLO + WITH_USAGE).events();
        List<String> deltas = deltasOf(events);
        assertThat(events.getLast().at("/usage/completion_tokens").intValue()).isEqualTo(deltas.size());
        assertThat(String.join("", deltas))
                .isEqualTo(
                        CLIENT.chatted(HELLO).at("/choices/0/message/content").stringValue());
    }

    @Test
    void severalChoicesTakeTurnsUnderTheirIndex() {
        List<JsonNode> events =
                CLIENT.chat(HELLO + WITH_USAGE + ",\"n\":2,\"max_tokens\":4").events();
        assertThat(events.stream()
                        .filter(event -> event.at("/choices/0/delta").has("content"))
                        .map(event -> event.at("/choices/0/index").intValue()))
                .containsExactly(0, 1, 0, 1, 0, 1, 0, 1, 0, 1);
        assertThat(events.getLast().at("/usage/completion_tokens").intValue()).isEqualTo(8);
    }

    @Test
    void aToolCallStreamsUnderOneIdWithItsIndexInEveryDelta() {
        List<JsonNode> events = CLIENT.chat("""
                        "model":"gpt-4o","stream":true,"stream_options":{"include_usage":true},
                        "messages":[{"role":"user","content":"call lookup please"}],
                        "tools":[{"type":"function","function":{"name":"lookup","parameters":
                          {"type":"object","properties":{"key":{"type":"string"},"ok":{"type":"boolean"}}}}}]""").events();
        List<JsonNode> calls = events.stream()
                .map(event -> event.at("/choices/0/delta/tool_calls/0"))
                .filter(JsonNode::isObject)
                .toList();
        assertThat(calls).allMatch(call -> call.path("index").intValue(-1) == 0);
        assertThat(calls.stream().filter(call -> call.has("id"))).hasSize(1);
        assertThat(calls.getFirst().at("/function/name").stringValue()).isEqualTo("lookup");
        String arguments = calls.stream()
                .map(call -> call.at("/function/arguments").stringValue())
                .collect(Collectors.joining());
        assertThat(JsonMapper.shared().readTree(arguments).path("ok").booleanValue())
                .isTrue();
        assertThat(events.getLast().at("/usage/completion_tokens").intValue()).isEqualTo(calls.size());
        assertThat(events.get(events.size() - 2).at("/choices/0/finish_reason").stringValue())
                .isEqualTo("tool_calls");
    }

    @Test
    void aStreamThatTheClientLeavesCountsWhatWasSent() {
        CLIENT.behave("\"chunkDelayMs\":40,\"outputTokens\":200");
        String id;
        try (OpenStream stream = CLIENT.open(HELLO)) {
            id = stream.requestId();
            stream.readDeltas(5);
        }
        JsonNode ledger = CLIENT.settledLedger();
        JsonNode entry = ledger.path("by_request").path(id);
        assertThat(entry.path("cancelled").booleanValue()).isTrue();
        assertThat(entry.path("status").intValue()).isEqualTo(200);
        assertThat(entry.path("text_in").intValue()).isEqualTo(8);
        // Five were read; while the connection closed, another may have left.
        assertThat(entry.path("text_out").intValue()).isBetween(5, 8);
        assertThat(ledger.path("text_out").intValue())
                .isEqualTo(entry.path("text_out").intValue());
    }

    @Test
    void aCallThatTheClientLeavesBeforeTheAnswerIsAFailedOne() {
        CLIENT.behave("\"latencyMs\":60000");
        try (SimulatorClient impatient = new SimulatorClient(SIMULATOR)) {
            Thread caller = Thread.ofVirtual().start(() -> {
                try {
                    impatient.chat(HELLO);
                } catch (RuntimeException left) {
                    assertThat(left).isNotNull();
                }
            });
            while (CLIENT.ledger().path("in_flight").intValue() == 0) {
                Thread.onSpinWait();
            }
            caller.interrupt();
        }
        JsonNode ledger = CLIENT.settledLedger();
        assertThat(ledger.path("failed").intValue()).isEqualTo(1);
        assertThat(ledger.path("requests").intValue()).isZero();
        assertThat(ledger.path("failed_by_request").path(0).isMissingNode()).isTrue();
        JsonNode entry = ledger.path("failed_by_request").values().iterator().next();
        assertThat(entry.path("status").intValue()).isEqualTo(499);
        assertThat(entry.path("cancelled").booleanValue()).isTrue();
    }

    @Test
    void aCutStreamBreaksAfterSoManyDeltasAndCountsThem() throws IOException {
        CLIENT.behave("\"cutAfterChunks\":3");
        String received = receivedUntilTheConnectionEnds("{\"stream\":true," + HELLO + "}");
        assertThat(received.split("\"delta\":\\{\"content\":\"", -1)).hasSize(1 + 3);
        assertThat(received)
                .doesNotContain("[DONE]")
                .doesNotContain("\r\n0\r\n")
                .doesNotContain("\"stop\"");
        assertThat(CLIENT.settledLedger().path("by_request").valueStream())
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.path("cut").booleanValue()).isTrue();
                    assertThat(entry.path("cancelled").booleanValue()).isFalse();
                    assertThat(entry.path("text_out").intValue()).isEqualTo(3);
                });
    }

    @Test
    void aStalledStreamStaysOpenUntilTheClientLeaves() {
        CLIENT.behave("\"stallAfterChunks\":2");
        String id;
        try (OpenStream stream = CLIENT.open(HELLO)) {
            id = stream.requestId();
            stream.readDeltas(2);
            assertThat(CLIENT.ledger().path("in_flight").intValue()).isEqualTo(1);
        }
        JsonNode entry = CLIENT.settledLedger().path("by_request").path(id);
        assertThat(entry.path("cancelled").booleanValue()).isTrue();
        assertThat(entry.path("text_out").intValue()).isEqualTo(2);
    }

    @Test
    void usageCanBeLeftOutOfPlainAndStreamedAnswers() {
        CLIENT.behave("\"usageMissing\":true");
        assertThat(CLIENT.chatted(HELLO).has("usage")).isFalse();
        List<JsonNode> events = CLIENT.chat(HELLO + WITH_USAGE).events();
        assertThat(events).noneMatch(event -> event.path("usage").isObject());
        assertThat(CLIENT.ledger().path("text_out").intValue()).isPositive();
    }

    private static List<String> deltasOf(List<JsonNode> events) {
        return events.stream()
                .map(event -> event.at("/choices/0/delta/content").asString(""))
                .filter(text -> !text.isEmpty())
                .toList();
    }

    /// Over a bare socket, since an HTTP client may drop what came before a broken end.
    private static String receivedUntilTheConnectionEnds(String body) throws IOException {
        String request = "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer sk-test\r\n"
                + "content-type: application/json\r\ncontent-length: " + body.length() + "\r\n\r\n" + body;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), SIMULATOR.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
