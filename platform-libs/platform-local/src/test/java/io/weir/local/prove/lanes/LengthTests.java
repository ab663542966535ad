package io.weir.local.prove.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.local.prove.lanes.upstream.Pace;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LengthTests {

    @Test
    void theTimeIsSharedByAllTurnsWithinBounds() {
        assertThat(Length.of(Duration.ofMinutes(10), 80)).isEqualTo(new Length(1_500, 6_000));
        assertThat(Length.of(Duration.ofSeconds(1), 80)).isEqualTo(new Length(500, 1_000));
        assertThat(Length.of(Duration.ofDays(1), 80)).isEqualTo(new Length(12_000, 48_000));
    }

    @Test
    void openStreamsEndWithTheirTurnAndEachHasItsFrames() {
        Length length = new Length(1_500, 6_000);

        Pace pace = Shape.OPEN_STREAMS.pace(length);

        long lasting = (pace.frames() - 1L) * pace.gapMillis();
        assertThat(length.leadMillis() / 2 + lasting)
                .isBetween(length.leadMillis(), length.leadMillis() + length.millis());
        Lane lane = new Lane("any", "", 1, Map.of(), Map.of());
        assertThat(Shape.OPEN_STREAMS.order(lane, length).frames()).isEqualTo(pace.frames());
        assertThat(Shape.OPEN_STREAMS.order(lane, length).callsPerConnection()).isEqualTo(1);
        assertThat(Shape.INSTANT.order(lane, length).frames()).isZero();
    }
}
