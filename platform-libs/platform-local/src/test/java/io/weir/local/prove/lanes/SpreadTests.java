package io.weir.local.prove.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SpreadTests {

    @Test
    void theMedianIsTheMiddleOneOrBetweenTheTwoInTheMiddle() {
        assertThat(Spread.of(9, 1, 5, 2, 7)).isEqualTo(new Spread(5, 1, 9));
        assertThat(Spread.of(4, 1, 3, 2)).isEqualTo(new Spread(2.5, 1, 4));
    }

    @Test
    void itIsToldInTheUnitAskedForAndNotAtAllWithoutARound() {
        assertThat(Spread.of(1_500_000, -250_000, 2_000_000).text("%.2f", 1e6)).isEqualTo("1.50 (-0.25 to 2.00)");
        assertThat(Spread.of().text("%.2f", 1)).isEqualTo("-");
    }
}
