package io.weir.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class PermitGatePropertyTests {

    private static final double ROUNDING = 0.001;

    /// Requests that come together.
    record Arrival(int afterMicros, int instance, int requests) {}

    @Property(tries = 300)
    void noInterleavingAdmitsMoreThanTheRateAndTheBurst(
            @ForAll("arrivals") List<Arrival> arrivals,
            @ForAll @IntRange(min = 1, max = 5) int instances,
            @ForAll("rates") String rate,
            @ForAll @IntRange(min = 1, max = 10) int burstFactor,
            @ForAll @IntRange(max = 5_000) int latency) {
        Gateways gateways = new Gateways(instances, rate, burstFactor, latency);

        send(gateways, arrivals);

        assertThat(gateways.beyondRate(latency)).isLessThanOrEqualTo(gateways.rate.burst() + ROUNDING);
        assertThat(gateways.refused).allMatch(wait -> wait > 0);
        assertThat(gateways.admitted.size() + gateways.refused.size())
                .as("every request is decided once")
                .isEqualTo(arrivals.stream().mapToInt(Arrival::requests).sum());
    }

    @Property(tries = 200)
    void noPermitIsLostForGood(
            @ForAll("arrivals") List<Arrival> arrivals,
            @ForAll @IntRange(min = 1, max = 5) int instances,
            @ForAll("rates") String rate,
            @ForAll @IntRange(min = 1, max = 10) int burstFactor) {
        Gateways gateways = new Gateways(instances, rate, burstFactor, 0);
        send(gateways, arrivals);
        long quiet = (long) Math.ceil(gateways.rate.burst() * gateways.rate.intervalMicros()) + 2_000_000;
        gateways.store.advanceTo(gateways.store.now + quiet);
        gateways.giveBack();
        gateways.giveBack();
        gateways.store.advanceTo(gateways.store.now + 10_000);
        gateways.admitted.clear();

        int atOnce = (int) gateways.rate.depth(instances);
        for (int request = 0; request < atOnce; request++) {
            gateways.request(0);
        }

        assertThat(gateways.admitted).hasSize(atOnce);
    }

    @Property(tries = 60)
    void evenRequestsBelowTheRateAreNeverRefused(
            @ForAll @IntRange(min = 1, max = 4) int instances,
            @ForAll @IntRange(min = 20, max = 400) int rate,
            @ForAll @IntRange(max = 3_000) int latency,
            @ForAll("arrivals") List<Arrival> order) {
        Gateways gateways = new Gateways(instances, Integer.toString(rate), 1, latency);
        double interval = gateways.rate.intervalMicros() / 0.95;

        for (int request = 0; request < 2_000; request++) {
            gateways.store.advanceTo((long) (request * interval));
            gateways.request(order.get(request % order.size()).instance());
        }
        settle(gateways);

        assertThat(gateways.refused).isEmpty();
        assertThat(gateways.admitted).hasSize(2_000);
    }

    @Property(tries = 40)
    void moreThanTheRateGetsAllOfIt(
            @ForAll @IntRange(min = 1, max = 4) int instances, @ForAll @IntRange(min = 20, max = 400) int rate) {
        Gateways gateways = new Gateways(instances, Integer.toString(rate), 1, 500);
        int seconds = 10;

        for (int request = 0; request < rate * seconds * 2; request++) {
            gateways.store.advanceTo((long) (request * gateways.rate.intervalMicros() / 2));
            gateways.request(request);
        }
        settle(gateways);

        assertThat((double) gateways.admitted.size())
                .isBetween(rate * seconds * 0.99, rate * seconds + gateways.rate.burst() + 1);
    }

    @Example
    void mostRequestsAskNobody() {
        Gateways gateways = new Gateways(3, "1000", 1, 500);

        for (int request = 0; request < 5_000; request++) {
            gateways.store.advanceTo(request * 1_250L);
            gateways.request(request);
        }
        settle(gateways);

        assertThat(gateways.refused).isEmpty();
        assertThat(gateways.store.asked).isLessThan(500);
    }

    @Example
    void withoutTheSharedBucketEachAdmitsItsShareAndTellsItAfterwards() {
        Gateways gateways = new Gateways(4, "100", 1, 0);
        for (int request = 0; request < 100; request++) {
            gateways.request(request);
        }
        gateways.admitted.clear();
        gateways.store.away = true;
        gateways.count();
        long began = gateways.store.now;

        for (int milli = 1; milli <= 10_000; milli++) {
            gateways.store.advanceTo(began + milli * 1_000L);
            gateways.request(milli);
        }
        assertThat(gateways.admitted.size())
                .as("of 1,000 that the rate allows in 10 seconds")
                .isBetween(990, 1_008);

        gateways.store.away = false;
        gateways.count();
        gateways.admitted.clear();
        for (int request = 0; request < 200; request++) {
            gateways.request(request);
        }
        assertThat(gateways.admitted.size())
                .as("what was admitted meanwhile is no burst now")
                .isLessThanOrEqualTo((int) gateways.rate.burst());
    }

    @Example
    void whatOneHoldsAndHardlyUsesAnotherHas() {
        Gateways gateways = new Gateways(3, "100", 10, 500);
        long began = gateways.store.now;
        for (int request = 0; request < 90 * 30; request++) {
            long now = began + request * 11_112L;
            gateways.store.advanceTo(now);
            gateways.request(0);
            if (request % 90 == 45) {
                gateways.count();
                gateways.giveBack();
                // Two at once look like a great need.
                gateways.request(1);
                gateways.request(1);
                gateways.request(2);
                gateways.request(2);
            }
        }
        settle(gateways);
        assertThat(gateways.refused).as("of 94 requests per second").isEmpty();
    }

    private static void send(Gateways gateways, List<Arrival> arrivals) {
        for (Arrival arrival : arrivals) {
            gateways.store.advanceTo(gateways.store.now + arrival.afterMicros());
            for (int request = 0; request < arrival.requests(); request++) {
                gateways.request(arrival.instance());
            }
        }
        settle(gateways);
    }

    private static void settle(Gateways gateways) {
        for (int round = 0; round < 20; round++) {
            gateways.store.advanceTo(gateways.store.now + 10_000);
        }
    }

    @Provide
    Arbitrary<List<Arrival>> arrivals() {
        return Combinators.combine(
                        Arbitraries.oneOf(
                                Arbitraries.integers().between(0, 5_000),
                                Arbitraries.integers().between(0, 1_500_000)),
                        Arbitraries.integers().between(0, 4),
                        Arbitraries.integers().between(1, 30))
                .as(Arrival::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(40);
    }

    @Provide
    Arbitrary<String> rates() {
        return Arbitraries.of("0.5", "1", "2.5", "10", "33.3", "100", "1000", "20000");
    }
}
