package io.weir.simulators.provider;

import static io.weir.simulators.provider.MessagesTests.HELLO;
import static io.weir.simulators.provider.MessagesTests.TOOLS;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.simulators.provider.SimulatorClient.Answer;
import io.weir.simulators.provider.SimulatorClient.OpenStream;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Anthropic's messages as events.
class MessageStreamTests {

    private static final String STREAMING = ",\"stream\":true";

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
    void theEventsComeInAnthropicsOrderEachUnderItsName() {
        Answer answer = CLIENT.message(HELLO + STREAMING);
        List<String> types = typesOf(answer.events());
        assertThat(answer.headers().firstValue("content-type")).hasValue("text/event-stream; charset=utf-8");
        assertThat(types).startsWith("message_start", "content_block_start", "ping", "content_block_delta");
        assertThat(types).endsWith("content_block_delta", "content_block_stop", "message_delta", "message_stop");
        assertThat(answer.body().lines().filter(line -> line.startsWith("event: ")))
                .containsExactlyElementsOf(
                        types.stream().map(type -> "event: " + type).toList());
    }

    @Test
    void thePromptsUsageComesFirstAndTheAnswersLast() {
        Answer answer = CLIENT.message(HELLO + STREAMING);
        List<JsonNode> events = answer.events();
        JsonNode start = events.getFirst().path("message");
        JsonNode end = events.get(events.size() - 2);
        assertThat(start.at("/usage/input_tokens").intValue()).isEqualTo(8);
        assertThat(start.at("/usage/output_tokens").intValue()).isEqualTo(1);
        assertThat(start.path("content").isEmpty()).isTrue();
        assertThat(end.at("/delta/stop_reason").stringValue()).isEqualTo("end_turn");
        assertThat(end.at("/usage/output_tokens").intValue())
                .isEqualTo(deltasOf(events, "text").size());
        assertThat(CLIENT.ledger()
                        .path("by_request")
                        .path(answer.requestId())
                        .path("text_out")
                        .intValue())
                .isEqualTo(end.at("/usage/output_tokens").intValue());
    }

    @Test
    void theDeltasMakeThePlainAnswer() {
        assertThat(String.join("", deltasOf(CLIENT.message(HELLO + STREAMING).events(), "text")))
                .isEqualTo(CLIENT.message(HELLO).json().at("/content/0/text").stringValue());
    }

    @Test
    void aToolsInputComesInPiecesThatMakeJson() {
        List<JsonNode> events = CLIENT.message(HELLO + "," + TOOLS + STREAMING
                        + ",\"tool_choice\":{\"type\":\"tool\",\"name\":\"get_weather\"}")
                .events();
        JsonNode block = events.get(1).path("content_block");
        assertThat(block.path("type").stringValue()).isEqualTo("tool_use");
        assertThat(block.path("input").isEmpty()).isTrue();
        List<String> pieces = deltasOf(events, "partial_json");
        assertThat(pieces).hasSizeGreaterThan(3);
        assertThat(JsonMapper.shared()
                        .readTree(String.join("", pieces))
                        .path("unit")
                        .stringValue())
                .isEqualTo("celsius");
        JsonNode end = events.get(events.size() - 2);
        assertThat(end.at("/delta/stop_reason").stringValue()).isEqualTo("tool_use");
        assertThat(end.at("/usage/output_tokens").intValue()).isEqualTo(pieces.size());
    }

    @Test
    void aStreamThatTheClientLeavesCountsWhatWasSent() {
        CLIENT.behave("\"provider\":\"anthropic\",\"chunkDelayMs\":40,\"outputTokens\":200");
        String id;
        try (OpenStream stream = CLIENT.openMessage(HELLO)) {
            id = stream.requestId();
            stream.readLines("\"type\":\"text_delta\"", 5);
        }
        JsonNode entry = CLIENT.settledLedger().path("by_request").path(id);
        assertThat(entry.path("cancelled").booleanValue()).isTrue();
        assertThat(entry.path("text_in").intValue()).isEqualTo(8);
        assertThat(entry.path("text_out").intValue()).isBetween(5, 8);
    }

    @Test
    void aStreamCanBeCutAndItsUsageLeftOut() {
        CLIENT.behave("\"provider\":\"anthropic\",\"usageMissing\":true");
        assertThat(CLIENT.message(HELLO + STREAMING).events())
                .noneMatch(event -> event.has("usage") || event.path("message").has("usage"));
        CLIENT.behave("\"provider\":\"anthropic\",\"cutAfterChunks\":3");
        try (OpenStream stream = CLIENT.openMessage(HELLO)) {
            stream.readUntilItBreaks();
        }
        assertThat(CLIENT.settledLedger().path("by_request").valueStream()).anySatisfy(entry -> {
            assertThat(entry.path("cut").booleanValue()).isTrue();
            assertThat(entry.path("text_out").intValue()).isEqualTo(3);
        });
    }

    private static List<String> typesOf(List<JsonNode> events) {
        return events.stream().map(event -> event.path("type").stringValue()).toList();
    }

    private static List<String> deltasOf(List<JsonNode> events, String field) {
        return events.stream()
                .map(event -> event.path("delta").path(field))
                .filter(JsonNode::isString)
                .map(JsonNode::stringValue)
                .collect(Collectors.toList());
    }
}
