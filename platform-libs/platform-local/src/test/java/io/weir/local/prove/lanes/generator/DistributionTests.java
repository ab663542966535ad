package io.weir.local.prove.lanes.generator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DistributionTests {

    @Test
    void percentilesAreTheNearestRankInWhateverOrderTheDurationsCame() {
        long[] downwards = LongStream.rangeClosed(1, 200).map(i -> 201 - i).toArray();

        assertThat(Distribution.of(downwards)).isEqualTo(new Distribution(200, 100, 198, 200));
    }

    @Test
    void fewDurationsHaveTheLargestAsTheirLastPercentile() {
        assertThat(Distribution.of(7, 3, 5)).isEqualTo(new Distribution(3, 5, 7, 7));
        assertThat(Distribution.of(4)).isEqualTo(new Distribution(1, 4, 4, 4));
        assertThat(Distribution.of()).isEqualTo(new Distribution(0, 0, 0, 0));
    }

    @Test
    void samplesKeepEveryDurationBeyondTheirFirstRoom() {
        Samples samples = new Samples();
        for (int i = 1; i <= 10_000; i++) {
            samples.add(i);
        }

        assertThat(samples.distribution()).isEqualTo(new Distribution(10_000, 5_000, 9_900, 10_000));
    }
}
