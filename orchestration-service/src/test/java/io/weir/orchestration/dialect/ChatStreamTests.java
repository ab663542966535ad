package io.weir.orchestration.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ChatStreamTests {

    private static final String HEAD =
            "{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":7,\"model\":\"m\",";

    private static String frame(String rest) {
        return "data: " + HEAD + rest + "}\n\n";
    }

    private static String delta(String delta, String finish) {
        return "\"choices\":[{\"index\":0,\"delta\":" + delta + ",\"finish_reason\":" + finish + "}]";
    }

    private static final String ROLE = frame(delta("{\"role\":\"assistant\",\"content\":\"\"}", "null"));
    private static final String TEXT = frame(delta("{\"content\":\"wäter\"}", "null"));
    private static final String STOP = frame(delta("{}", "\"stop\""));

    private static ChatStream opened(boolean usageAsked) {
        return new ChatStream(usageAsked, new OpenAiDialect().stream(new AnswerIdentity("x", "m", 7)));
    }

    private static String fed(ChatStream stream, String bytes) {
        return new String(stream.feed(bytes.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }

    private static List<JsonNode> chunks(String out) {
        return Arrays.stream(out.split("\n\n"))
                .filter(frame -> !frame.isBlank())
                .map(frame -> JsonMapper.shared().readTree(frame.substring(6)))
                .toList();
    }

    @Test
    void aGoodStreamIsPassedOnByteForByteWithoutItsEnd() {
        ChatStream stream = opened(false);
        assertThat(fed(stream, ROLE + TEXT + STOP + "data: [DONE]\n\n")).isEqualTo(ROLE + TEXT + STOP);
        assertThat(stream.isDone()).isTrue();
        assertThat(stream.isWhole()).isTrue();
        assertThat(stream.failure()).isNull();
    }

    @Property(tries = 200)
    void itDoesNotMatterWhereTheNetworkCuts(@ForAll @IntRange(min = 1, max = 60) int size, @ForAll boolean crlf) {
        ChatStream stream = opened(false);
        String all = ": ping\n\n" + ROLE + TEXT + STOP + "data: [DONE]\n\n";
        byte[] bytes = (crlf ? all.replace("\n", "\r\n") : all).getBytes(StandardCharsets.UTF_8);
        StringBuilder out = new StringBuilder();
        for (int from = 0; from < bytes.length; from += size) {
            byte[] part = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + size));
            out.append(new String(stream.feed(part), StandardCharsets.UTF_8));
        }
        assertThat(out.toString()).isEqualTo(ROLE + TEXT + STOP);
        assertThat(stream.isDone()).isTrue();
    }

    @Test
    void nullUsageIsCutOutForThoseWhoDidNotAsk() {
        String with = frame(delta("{\"role\":\"assistant\"}", "null") + ",\"usage\":null");
        assertThat(fed(opened(false), with)).isEqualTo(frame(delta("{\"role\":\"assistant\"}", "null")));
        assertThat(fed(opened(true), with)).isEqualTo(with);
        String first =
                "data: {\"usage\":null," + HEAD.substring(1) + delta("{\"role\":\"assistant\"}", "null") + "}\n\n";
        assertThat(chunks(fed(opened(false), first)).getFirst().has("usage")).isFalse();
    }

    @Test
    void usageInTheLastChunkIsTakenOutOfIt() {
        ChatStream stream = opened(false);
        fed(stream, ROLE);
        String usage = "{\"prompt_tokens\":1,\"completion_tokens\":2,\"total_tokens\":3}";
        String out = fed(stream, frame(delta("{}", "\"stop\"") + ",\"usage\":" + usage));
        assertThat(chunks(out).getFirst().has("usage")).isFalse();
        assertThat(stream.usage().orElseThrow().raw())
                .isEqualTo(JsonMapper.shared().readTree(usage));
        JsonNode chunk = chunks(new String(
                        stream.usageChunk(JsonMapper.shared().readTree(usage), "0.1"), StandardCharsets.UTF_8))
                .getFirst();
        assertThat(chunk.path("id").asString()).isEqualTo("c");
        assertThat(chunk.path("choices").isEmpty()).isTrue();
    }

    @Test
    void whatBreaksClientsIsMended() {
        ChatStream stream = opened(false);
        JsonNode first = chunks(fed(stream, frame(delta("{\"content\":\"a\"}", "\"\"") + ",\"error\":null")))
                .getFirst();
        assertThat(first.at("/choices/0/delta/role").asString()).isEqualTo("assistant");
        assertThat(first.at("/choices/0/finish_reason").isNull()).isTrue();
        assertThat(first.has("error")).isFalse();

        JsonNode other = chunks(fed(stream, TEXT.replace("\"id\":\"c\"", "\"id\":\"d\"")))
                .getFirst();
        assertThat(other.path("id").asString()).isEqualTo("c");

        JsonNode tool = chunks(fed(
                        stream,
                        frame(delta(
                                "{\"tool_calls\":[{\"id\":\"t\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}",
                                "null"))))
                .getFirst();
        assertThat(tool.at("/choices/0/delta/tool_calls/0/index").asInt(-1)).isZero();

        List<JsonNode> end = chunks(fed(stream, frame(delta("{\"content\":\"z\"}", "\"stop\""))));
        assertThat(end).hasSize(2);
        assertThat(end.getFirst().at("/choices/0/finish_reason").isNull()).isTrue();
        assertThat(end.getLast().at("/choices/0/delta").isEmpty()).isTrue();
        assertThat(end.getLast().at("/choices/0/finish_reason").asString()).isEqualTo("stop");
        assertThat(stream.isWhole()).isTrue();
    }

    @Test
    void choicesOfNullAndKeysThatAreMissingAreMended() {
        ChatStream stream = opened(false);
        assertThat(fed(stream, frame("\"choices\":null"))).isEmpty();
        JsonNode chunk = chunks(fed(stream, frame("\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]")))
                .getFirst();
        assertThat(chunk.at("/choices/0/index").asInt(-1)).isZero();
        assertThat(chunk.at("/choices/0").has("finish_reason")).isTrue();
    }

    @Test
    void anErrorOrNonsenseIsAFailureAndNothingOfItReachesTheClient() {
        for (String bad : List.of(
                "data: {\"error\":{\"message\":\"x\"}}\n\n",
                "event: error\ndata: {}\n\n",
                "data: null\n\n",
                "data: {\n\n")) {
            ChatStream stream = opened(false);
            assertThat(fed(stream, ROLE + bad + TEXT)).isEqualTo(ROLE);
            assertThat(stream.failure()).as(bad).isNotNull();
            assertThat(stream.isWhole()).isFalse();
        }
    }

    @Test
    void whatWasGeneratedIsCounted() {
        ChatStream stream = opened(false);
        fed(
                stream,
                ROLE
                        + frame(delta("{\"content\":\" water\"}", "null"))
                        + frame(delta("{\"content\":\" river\"}", "null")));
        assertThat(stream.produced().tokens(new Tokenizer())).isEqualTo(2);
    }
}
