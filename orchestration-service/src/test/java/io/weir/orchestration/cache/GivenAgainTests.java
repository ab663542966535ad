package io.weir.orchestration.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.orchestration.dialect.ChatStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class GivenAgainTests {

    private static final JsonNode USAGE = ChatStream.usage(3, 4);

    private static Optional<GivenAgain> of(String choice) {
        return GivenAgain.of(
                ("{\"id\":\"a\",\"created\":1,\"model\":\"m\",\"choices\":[" + choice + "]}")
                        .getBytes(StandardCharsets.UTF_8),
                USAGE);
    }

    @Test
    void aStreamOfItIsPutTogetherToTheSame() {
        GivenAgain answer = of("""
                {"index":0,"message":{"role":"assistant","content":"Grüße \\ud83d\\ude00","refusal":null},
                 "logprobs":null,"finish_reason":"stop"},
                {"index":1,"message":{"role":"assistant","content":null,"refusal":null,"tool_calls":[
                 {"id":"c1","type":"function","function":{"name":"f","arguments":"{\\"a\\":1}"}},
                 {"id":"c2","type":"function","function":{"name":"g","arguments":"{}"}}]},
                 "logprobs":null,"finish_reason":"tool_calls"}""").orElseThrow();
        StreamedCompletion together = new StreamedCompletion(10_000);
        byte[] frames = answer.frames(null);
        // As it may come: in two pieces.
        together.take(Arrays.copyOf(frames, 100));
        together.take(Arrays.copyOfRange(frames, 100, frames.length));
        JsonNode again = JsonMapper.shared().readTree(together.whole().orElseThrow());
        JsonNode first = JsonMapper.shared().readTree(answer.whole());
        assertThat(again.path("choices")).isEqualTo(first.path("choices"));
        assertThat(again.path("model")).isEqualTo(first.path("model"));
        assertThat(first.path("usage").toString()).isEqualTo(USAGE.toString());
    }

    @Test
    void whatIsTooLargeOrHasMoreThanIsKnownIsNotPutTogether() {
        GivenAgain answer = GivenAgain.of(AnswerKeyPropertyTests.answer("x".repeat(200), Duration.ofHours(1)), "id", 1);
        StreamedCompletion small = new StreamedCompletion(100);
        small.take(answer.frames(null));
        assertThat(small.whole()).isEmpty();
        StreamedCompletion odd = new StreamedCompletion(100);
        odd.take("data: {\"choices\":[{\"index\":0,\"delta\":{\"audio\":{\"id\":\"a\"}},\"finish_reason\":null}]}\n\n"
                .getBytes(StandardCharsets.UTF_8));
        assertThat(odd.whole()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"index\":0,\"message\":{\"content\":\"a\"},\"finish_reason\":\"length\"}",
                "{\"index\":0,\"message\":{\"content\":\"a\"},\"finish_reason\":\"content_filter\"}",
                "{\"index\":0,\"message\":{\"content\":\"a\"},\"finish_reason\":null}",
                "{\"index\":0,\"message\":{\"content\":null,\"refusal\":\"no\"},\"finish_reason\":\"stop\"}",
                "{\"index\":0,\"message\":{\"content\":\"a\",\"refusal\":\"no\"},\"finish_reason\":\"stop\"}",
                "{\"index\":0,\"message\":{\"content\":\" \"},\"finish_reason\":\"stop\"}",
                "{\"index\":0,\"message\":{\"content\":\"a\",\"audio\":{\"id\":\"x\"}},\"finish_reason\":\"stop\"}",
                ""
            })
    void whatIsNoGoodToOthersIsNotGiven(String choice) {
        assertThat(of(choice)).isEmpty();
    }
}
