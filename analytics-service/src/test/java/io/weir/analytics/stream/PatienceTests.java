package io.weir.analytics.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PatienceTests {

    private final Patience patience = new Patience();

    @Test
    void pausesGrowToHalfASecondAndBeginAnewOnceItWorks() {
        List<Long> pauses = Stream.generate(patience::pause)
                .limit(5)
                .map(Duration::toMillis)
                .toList();
        assertThat(pauses).containsExactly(100L, 200L, 400L, 500L, 500L);
        patience.restore();
        assertThat(patience.pause()).hasMillis(100);
    }

    @Test
    void itIsSaidTheFirstTimeAndOnceAMinute() {
        long now = Long.MAX_VALUE - 5;
        assertThat(patience.says(now)).isTrue();
        patience.restore();
        assertThat(patience.says(now + Duration.ofSeconds(59).toNanos())).isFalse();
        assertThat(patience.says(now + Duration.ofSeconds(60).toNanos())).isTrue();
        assertThat(patience.says(now + Duration.ofSeconds(61).toNanos())).isFalse();
    }
}
