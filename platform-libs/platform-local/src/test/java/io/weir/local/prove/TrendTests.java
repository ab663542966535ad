package io.weir.local.prove;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class TrendTests {

    @Test
    void theRiseIsThatOfTheLineNotOfTheLastValue() {
        assertThat(Trend.of(List.of(10L, 20L, 30L, 40L)).rise()).isEqualTo(30, within(1e-9));
        assertThat(Trend.of(List.of(7L, 7L, 7L)).rise()).isZero();
        assertThat(Trend.of(List.of(1L, 9L, 1L, 9L, 1L)).rise()).isZero();
        assertThat(Trend.of(List.of(40L, 20L, 0L)).rise()).isEqualTo(-40, within(1e-9));
        assertThat(Trend.of(List.of(10L, 20L, 30L, 40L)).mean()).isEqualTo(25, within(1e-9));
    }
}
