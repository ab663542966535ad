package io.weir.orchestration.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class StreamCutPropertyTests {

    private static final List<Golden> STREAMS = Golden.all("stream").toList();

    @Provide
    Arbitrary<Golden> streams() {
        return Arbitraries.of(STREAMS);
    }

    @Property(tries = 1_000)
    void itDoesNotMatterWhereTheNetworkCuts(
            @ForAll("streams") Golden golden, @ForAll @IntRange(min = 1, max = 400) int longest, @ForAll long seed) {
        byte[] bytes = golden.bytes(".in.sse");
        ChatStream whole = open(golden);
        byte[] expected = whole.feed(bytes);

        ChatStream cut = open(golden);
        Random random = new Random(seed);
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        for (int from = 0; from < bytes.length; ) {
            int to = Math.min(bytes.length, from + 1 + random.nextInt(longest));
            got.writeBytes(cut.feed(Arrays.copyOfRange(bytes, from, to)));
            from = to;
        }

        assertThat(got.toByteArray()).isEqualTo(expected);
        assertThat(cut.usage()).isEqualTo(whole.usage());
        assertThat(cut.isDone()).isEqualTo(whole.isDone());
        assertThat(cut.isWhole()).isEqualTo(whole.isWhole());
        assertThat(cut.failure()).isEqualTo(whole.failure());
    }

    private static ChatStream open(Golden golden) {
        return new ChatStream(true, golden.dialect().stream(golden.identity()));
    }
}
