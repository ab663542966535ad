package io.weir.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RefusalLogTests {

    private static final long SECOND = 1_000_000_000L;

    @Test
    void tenRefusalsASecondAreTold() {
        RefusalLog.Window log = new RefusalLog.Window();
        assertThat(told(log, 5 * SECOND)).isEqualTo(10);
        assertThat(told(log, 5 * SECOND + SECOND - 1)).isZero();
        assertThat(told(log, 6 * SECOND)).isEqualTo(10);
    }

    private static long told(RefusalLog.Window log, long now) {
        return IntStream.range(0, 1_000).filter(i -> log.admits(now)).count();
    }
}
