package io.weir.orchestration.surface.responses;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class ResponsesCutPropertyTests {

    private static final List<Vector> STREAMS = Vector.all("stream").toList();

    @Provide
    Arbitrary<Vector> streams() {
        return Arbitraries.of(STREAMS);
    }

    @Property(tries = 500)
    void itDoesNotMatterHowTheChunksComeIn(
            @ForAll("streams") Vector vector, @ForAll @IntRange(min = 1, max = 600) int longest, @ForAll long seed) {
        byte[] chunks = vector.bytes(".in.sse");
        Random random = new Random(seed);
        List<byte[]> reads = new ArrayList<>();
        for (int from = 0; from < chunks.length; ) {
            int to = Math.min(chunks.length, from + 1 + random.nextInt(longest));
            reads.add(Arrays.copyOfRange(chunks, from, to));
            from = to;
        }
        assertThat(vector.events(reads)).isEqualTo(vector.events(List.of(chunks)));
    }
}
