package io.weir.orchestration.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Whatever a provider sends, it is an answer or none, never a failure of ours.
class OddAnswerPropertyTests {

    private static final List<Golden> ANSWERS = Golden.all("answer").toList();
    private static final List<Golden> STREAMS = Golden.all("stream").toList();
    private static final byte[] LIKELY = "{}[]\":,0123456789-.eEntf\\ud800 \n".getBytes(StandardCharsets.US_ASCII);

    @Provide
    Arbitrary<Golden> answers() {
        return Arbitraries.of(ANSWERS);
    }

    @Provide
    Arbitrary<Golden> streams() {
        return Arbitraries.of(STREAMS);
    }

    @Property(tries = 4_000)
    void aSpoiltAnswerIsReadOrNotBelieved(
            @ForAll("answers") Golden golden, @ForAll @IntRange(min = 1, max = 6) int faults, @ForAll long seed) {
        byte[] spoilt = spoilt(golden.bytes(".in.json"), faults, seed);
        golden.dialect().answer(spoilt, golden.identity()).ifPresent(answer -> {
            JsonNode body = JsonMapper.shared().readTree(answer.body());
            assertThat(body.path("choices").isEmpty()).isFalse();
            assertThat(answer.produced()).isNotNull();
        });
    }

    @Property(tries = 4_000)
    void aSpoiltStreamIsReadOrFails(
            @ForAll("streams") Golden golden, @ForAll @IntRange(min = 1, max = 6) int faults, @ForAll long seed) {
        ChatStream stream = new ChatStream(true, golden.dialect().stream(golden.identity()));
        stream.feed(spoilt(golden.bytes(".in.sse"), faults, seed));
        assertThat(stream.usage()).isNotNull();
        assertThat(stream.feed(new byte[0])).isEmpty();
    }

    private static byte[] spoilt(byte[] bytes, int faults, long seed) {
        Random random = new Random(seed);
        byte[] spoilt = bytes.clone();
        for (int i = 0; i < faults; i++) {
            spoilt[random.nextInt(spoilt.length)] = LIKELY[random.nextInt(LIKELY.length)];
        }
        return spoilt;
    }
}
