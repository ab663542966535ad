package io.weir.analytics.sealing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class WatermarksPropertyTests {

    private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");
    private static final Duration SILENCE = Duration.ofSeconds(60);

    /// Producers write in order and tick; records arrive with any delay below the silence, readers stall as they like.
    @Property(tries = 300)
    void noEventOfALiveProducerIsEverBehindTheWatermark(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int producers) {
        Random random = new Random(seed);
        Watermarks watermarks = new Watermarks(SILENCE);
        watermarks.assigned(List.of(0), START);
        long[] clocks = new long[producers];
        List<long[]> partition = new ArrayList<>();
        int read = 0;
        Optional<Instant> before = Optional.empty();
        for (long second = 1; second < 600; second++) {
            for (int producer = 0; producer < producers; producer++) {
                // At the latest after 50 seconds, each shows a sign of life.
                if (random.nextInt(10) == 0 || second - clocks[producer] > 50) {
                    clocks[producer] = second;
                    partition.add(new long[] {producer, second});
                }
            }
            if (random.nextInt(4) != 0) {
                for (; read < partition.size(); read++) {
                    long[] event = partition.get(read);
                    Instant time = START.plusSeconds(event[1]);
                    before.ifPresent(watermark -> assertThat(time).isAfterOrEqualTo(watermark));
                    watermarks.observed(0, "p" + event[0], 1, time, false, START.plusSeconds(second));
                }
                watermarks.caughtUp(0, START.plusSeconds(second));
            }
            Optional<Instant> now = watermarks.lowest();
            before.ifPresent(earlier -> assertThat(now.orElseThrow()).isAfterOrEqualTo(earlier));
            before = now;
        }
        assertThat(before).isPresent();
    }
}
