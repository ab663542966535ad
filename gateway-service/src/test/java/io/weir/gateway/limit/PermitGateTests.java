package io.weir.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;

class PermitGateTests {

    @Test
    void whoLeavesWhileWaitingLeavesThePermitToTheNext() {
        Gateways gateways = new Gateways(1, "1", 1, 1_000);
        Disposable gone = gateways.request(0);
        gone.dispose();
        gateways.request(0);
        gateways.store.advanceTo(10_000);

        assertThat(gateways.admitted).hasSize(1);
        assertThat(gateways.refused).isEmpty();
    }

    @Test
    void aQuestionInVainIsDecidedByTheOwnShare() {
        Gateways gateways = new Gateways(2, "10", 1, 0);
        gateways.store.away = true;
        gateways.request(0);
        gateways.request(0);
        gateways.request(0);

        assertThat(gateways.admitted).hasSize(2);
        assertThat(gateways.refused)
                .singleElement()
                .satisfies(wait -> assertThat(wait)
                        .as("one of two instances: a fifth of a second between two requests")
                        .isEqualTo(200_000));
        assertThat(gateways.store.asked).as("asked once, then no more").isEqualTo(1);
    }

    @Test
    void aShareIsUsedWhollyByRequestsThatDoNotComeInItsTime() {
        Gateways gateways = new Gateways(3, "100", 1, 0);
        gateways.store.away = true;
        gateways.count();
        // Every 20 ms where one in 30 ms is allowed.
        for (int request = 0; request < 500; request++) {
            gateways.store.advanceTo(request * 20_000L);
            gateways.request(0);
        }
        assertThat(gateways.admitted.size()).as("in 10 s at 33.3 a second").isBetween(330, 336);
    }

    @Test
    void aRefusalTellsWhenTheNextPermitIsThere() {
        Gateways gateways = new Gateways(1, "4", 1, 0);
        gateways.request(0);
        gateways.request(0);
        gateways.request(0);
        assertThat(gateways.refused).containsExactly(250_000L);

        gateways.store.advanceTo(250_000);
        gateways.request(0);
        assertThat(gateways.admitted).hasSize(3);
    }

    @Test
    void thePlansFactorMultipliesWhatMayComeAtOnce() {
        assertThat(RequestRate.of(new BigDecimal("100"), 1).burst()).isEqualTo(50);
        assertThat(RequestRate.of(new BigDecimal("100"), 5).burst()).isEqualTo(250);
        assertThat(RequestRate.of(new BigDecimal("0.2"), 1).burst()).isEqualTo(1);
        assertThat(RequestRate.of(BigDecimal.ZERO, 1).isClosed()).isTrue();
        assertThat(RequestRate.of(new BigDecimal("1e300"), 10).intervalMicros()).isEqualTo(1);
    }
}
