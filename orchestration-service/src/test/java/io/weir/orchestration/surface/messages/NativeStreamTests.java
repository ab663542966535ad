package io.weir.orchestration.surface.messages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class NativeStreamTests {

    private static final String START = event(
            "message_start",
            "{\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"usage\":{\"input_tokens\":9,\"output_tokens\":1}}}");
    private static final String PING = event("ping", "{\"type\": \"ping\"}");
    private static final String BLOCK = event(
            "content_block_start",
            "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}}");
    private static final String DELTAS = event(
                    "content_block_delta",
                    "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"H\u00e4m\"}}")
            + event(
                    "content_block_delta",
                    "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"signature_delta\",\"signature\":\"c2ln\"}}");
    private static final String STOPPED = event("content_block_stop", "{\"type\":\"content_block_stop\",\"index\":0}");
    private static final String END = event(
                    "message_delta",
                    "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"stop_sequence\",\"stop_sequence\":\"X\"},"
                            + "\"usage\":{\"output_tokens\":7}}")
            + event("message_stop", "{\"type\":\"message_stop\"}");
    private static final String ERROR =
            event("error", "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}");
    private static final String WHOLE = START + PING + BLOCK + DELTAS + STOPPED + END;

    private static String event(String name, String data) {
        return "event: " + name + "\ndata: " + data + "\n\n";
    }

    private static String sent(NativeStream stream, String events) {
        return text(stream.sent(events.getBytes(StandardCharsets.UTF_8), new byte[0]));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void everythingPassesAsItCameAndTheEndWaitsForTheSettlement() {
        NativeStream stream = new NativeStream(Vector.IDENTITY);
        assertThat(sent(stream, START + PING)).isEmpty();
        assertThat(sent(stream, BLOCK)).isEqualTo(START + PING + BLOCK);
        assertThat(sent(stream, DELTAS + STOPPED + END)).isEqualTo(DELTAS + STOPPED);
        assertThat(text(stream.end())).isEqualTo(END);
    }

    @Test
    void aStreamThatEndsBeforeItsFirstEventHasABeginningAllTheSame() {
        NativeStream stream = new NativeStream(Vector.IDENTITY);
        assertThat(sent(stream, ": ping\n\n")).isEmpty();
        assertThat(text(stream.end()).lines().filter(line -> line.startsWith("event: ")))
                .containsExactly("event: message_start", "event: message_delta", "event: message_stop");
    }

    @Test
    void theLastDeltaTellsTheCost() {
        NativeStream stream = new NativeStream(Vector.IDENTITY);
        sent(stream, WHOLE);
        String counted = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9},\"x_cost_usd\":\"0.25\"}\n\n";
        stream.chunks(counted.getBytes(StandardCharsets.UTF_8));
        assertThat(text(stream.end()))
                .isEqualTo(END.replace("\"output_tokens\":7", "\"output_tokens\":7,\"x_cost_usd\":\"0.25\""));
    }

    @Property(tries = 300)
    void itDoesNotMatterWhereTheNetworkCuts(@ForAll @IntRange(min = 1, max = 200) int longest, @ForAll long seed) {
        byte[] bytes = WHOLE.getBytes(StandardCharsets.UTF_8);
        NativeStream stream = new NativeStream(Vector.IDENTITY);
        Random random = new Random(seed);
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        for (int from = 0; from < bytes.length; ) {
            int to = Math.min(bytes.length, from + 1 + random.nextInt(longest));
            got.writeBytes(stream.sent(Arrays.copyOfRange(bytes, from, to), new byte[0]));
            from = to;
        }
        got.writeBytes(stream.end());
        assertThat(got.toString(StandardCharsets.UTF_8)).isEqualTo(WHOLE);
    }

    @Test
    void anErrorBeforeAnyContentLeavesRoomForAnotherProvider() {
        assertThat(sent(new NativeStream(Vector.IDENTITY), START + ERROR)).isEmpty();
    }

    @Test
    void nothingOfTheProviderFollowsAnErrorOrWhatIsNoEvent() {
        NativeStream failed = new NativeStream(Vector.IDENTITY);
        assertThat(sent(failed, START + BLOCK + ERROR + DELTAS)).isEqualTo(START + BLOCK);
        assertThat(sent(failed, STOPPED + END)).isEmpty();
        assertThat(sent(new NativeStream(Vector.IDENTITY), START + BLOCK + event("x", "nonsense") + DELTAS))
                .isEqualTo(START + BLOCK);
        assertThat(sent(
                        new NativeStream(Vector.IDENTITY),
                        START + BLOCK + event("x", "{\"type\":\"a\\nevent: b\"}") + DELTAS))
                .isEqualTo(START + BLOCK);
    }

    @Test
    void anAnswerThatWasCutOffIsEndedInOurWords() {
        NativeStream stream = new NativeStream(Vector.IDENTITY);
        sent(stream, START + BLOCK + DELTAS);
        assertThat(text(stream.chunks(
                        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":5,\"total_tokens\":14}}\n\n"
                                .getBytes(StandardCharsets.UTF_8))))
                .isEmpty();
        assertThat(text(stream.end()))
                .isEqualTo(STOPPED
                        + event(
                                "message_delta",
                                "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"max_tokens\",\"stop_sequence\":null},"
                                        + "\"usage\":{\"input_tokens\":9,\"cache_creation_input_tokens\":0,"
                                        + "\"cache_read_input_tokens\":0,\"output_tokens\":5}}")
                        + event("message_stop", "{\"type\":\"message_stop\"}"));
    }

    @Test
    void dataOfSeveralLinesStaysOneEvent() {
        String lines = "event: ping\ndata: {\"type\":\ndata: \"ping\"}\n\n";
        assertThat(sent(new NativeStream(Vector.IDENTITY), START + BLOCK + lines))
                .isEqualTo(START + BLOCK + event("ping", "{\"type\":\"ping\"}"));
    }
}
