package io.weir.orchestration.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testing.EventLoops;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LargeBodiesTests {

    static {
        EventLoops.guard();
    }

    private static String thread(int length) {
        return LargeBodies.read(new byte[length], () -> Thread.currentThread().getName())
                .blockOptional(Duration.ofSeconds(30))
                .orElseThrow();
    }

    @Test
    void onlyLargeBodiesLeaveTheirThread() {
        assertThat(thread(1_000)).isEqualTo(Thread.currentThread().getName());
        assertThat(thread(300 * 1024)).startsWith("large-bodies");
    }
}
