package io.weir.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.gateway.call.Allowance;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import reactor.core.scheduler.Schedulers;

class QuotaLeasePropertyTests {

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final long SECOND = 1_000_000;
    private static final Instant NOON = Instant.parse("2026-03-10T12:00:00Z");

    private MemoryLimitStore store = new MemoryLimitStore(0);

    private record Gateway(Peers peers, PermitGate<Quota> gate) {}

    @Property(tries = 200)
    void aQuotaIsUsedUpToTheLastAndNotBeyond(
            @ForAll("requests") List<Integer> requests,
            @ForAll @IntRange(min = 1, max = 4) int instances,
            @ForAll @IntRange(max = 300) int limit) {
        Quota quota = new Quota("limits.requestsPerHour", limit, Quota.Span.HOUR, ZoneId.of("UTC"));
        List<Gateway> gateways = gateways(instances, quota);
        int admitted = 0;
        for (int request : requests) {
            store.now += 1_000L * request;
            admitted += passes(gateways.get(request % instances), quota) ? 1 : 0;
            if (request % 5 == 0) {
                gateways.forEach(one -> one.gate().giveBack());
            }
        }
        assertThat(admitted).isLessThanOrEqualTo(limit);

        // Twice: what was used since the last time is kept.
        gateways.forEach(one -> one.gate().giveBack());
        gateways.forEach(one -> one.gate().giveBack());
        store.now += 2 * SECOND;
        for (int i = 0; i < limit + 5; i++) {
            admitted += passes(gateways.getFirst(), quota) ? 1 : 0;
        }
        assertThat(admitted).as("one instance gets all that is left").isEqualTo(limit);

        store.now += 3_600 * SECOND;
        assertThat(passes(gateways.getLast(), quota)).as("a new hour").isEqualTo(limit > 0);
    }

    @Example
    void mostRequestsOfAWideQuotaAskNobody() {
        Quota quota = new Quota("limits.callsPerDay", 1_000_000, Quota.Span.DAY, ZoneId.of("UTC"));
        Gateway gateway = gateways(1, quota).getFirst();
        for (int i = 0; i < 10_000; i++) {
            store.now += 2_000;
            assertThat(passes(gateway, quota)).isTrue();
        }
        assertThat(store.asked).isLessThan(200);
    }

    @Example
    void withoutTheSharedCountEachUsesItsShareOfWhatWasLeftAndTellsItAfterwards() {
        Quota quota = new Quota("limits.requestsPerDay", 100, Quota.Span.DAY, ZoneId.of("UTC"));
        List<Gateway> gateways = gateways(4, quota);
        store.away = true;
        gateways.forEach(one -> one.peers().count().block(LIMIT));
        int admitted = 0;
        for (int i = 0; i < 400; i++) {
            admitted += passes(gateways.get(i % 4), quota) ? 1 : 0;
        }
        assertThat(admitted).isEqualTo(100);

        store.away = false;
        gateways.forEach(one -> one.peers().count().block(LIMIT));
        for (int i = 0; i < 400; i++) {
            store.now += SECOND;
            admitted += passes(gateways.get(i % 4), quota) ? 1 : 0;
        }
        assertThat(admitted).as("all instances told what they admitted").isLessThanOrEqualTo(103);
    }

    @Example
    void windowsAreThoseOfTheTenantsOwnZone() {
        ZoneId kolkata = ZoneId.of("Asia/Kolkata");
        ZoneId berlin = ZoneId.of("Europe/Berlin");
        assertThat(window(Quota.Span.HOUR, kolkata, "2026-03-10T12:10:00Z"))
                .isEqualTo("2026-03-10T11:30:00Z 2026-03-10T12:30:00Z");
        assertThat(window(Quota.Span.DAY, kolkata, "2026-03-10T20:00:00Z"))
                .isEqualTo("2026-03-10T18:30:00Z 2026-03-11T18:30:00Z");
        assertThat(window(Quota.Span.DAY, berlin, "2026-03-29T12:00:00Z"))
                .as("23 hours")
                .isEqualTo("2026-03-28T23:00:00Z 2026-03-29T22:00:00Z");
        assertThat(window(Quota.Span.MONTH, berlin, "2026-03-31T22:30:00Z"))
                .isEqualTo("2026-03-31T22:00:00Z 2026-04-30T22:00:00Z");
        assertThat(window(Quota.Span.HOUR, berlin, "2026-10-25T00:30:00Z"))
                .as("the first of two hours of one name")
                .isEqualTo("2026-10-25T00:00:00Z 2026-10-25T01:00:00Z");
    }

    @Property(tries = 60)
    void windowsFollowEachOtherWithoutGapAndOverlap(
            @ForAll("zones") String zone, @ForAll Quota.Span span, @ForAll @IntRange(max = 20_000_000) int at) {
        Quota quota = new Quota("limits.x", 1, span, ZoneId.of(zone));
        long second = Instant.parse("2026-01-01T00:00:00Z").getEpochSecond() + at;
        Quota.Window window = quota.windowAt(second);
        for (int next = 0; next < (span == Quota.Span.HOUR ? 9_000 : 400); next++) {
            assertThat(window.has(second)).as("%s at %s", window, second).isTrue();
            assertThat(quota.windowAt(window.ends() - 1)).isEqualTo(window);
            second = window.ends();
            window = quota.windowAt(second);
            assertThat(window.begins()).isEqualTo(second);
        }
    }

    @Provide
    Arbitrary<String> zones() {
        return Arbitraries.of(
                "Europe/Berlin",
                "America/New_York",
                "Australia/Lord_Howe",
                "Pacific/Chatham",
                "America/Havana",
                "Asia/Beirut",
                "Asia/Kathmandu",
                "Africa/Casablanca",
                "UTC");
    }

    @Example
    void whatOneHoldsAndHardlyUsesAnotherHas() {
        Quota quota = new Quota("limits.callsPerDay", 10_000, Quota.Span.DAY, ZoneId.of("UTC"));
        List<Gateway> gateways = gateways(2, quota);
        int admitted = 0;
        for (int i = 0; i < 300; i++) {
            admitted += passes(gateways.getFirst(), quota) ? 1 : 0;
        }
        for (int second = 0; second < 60; second++) {
            store.now += SECOND;
            gateways.forEach(one -> one.gate().giveBack());
            admitted += passes(gateways.getFirst(), quota) ? 1 : 0;
            for (int i = 0; i < 300; i++) {
                admitted += passes(gateways.getLast(), quota) ? 1 : 0;
            }
        }
        assertThat(admitted).isBetween(9_998, 10_000);
    }

    @Example
    void whatMayHaveBeenGivenBackIsNotGivenBackAgain() {
        Quota quota = new Quota("limits.callsPerDay", 1_000, Quota.Span.DAY, ZoneId.of("UTC"));
        Gateway gateway = gateways(1, quota).getFirst();
        int admitted = 0;
        for (int i = 0; i < 100; i++) {
            store.now += 1_000;
            admitted += passes(gateway, quota) ? 1 : 0;
        }
        gateway.gate().giveBack();
        store.mute = true;
        gateway.gate().giveBack();
        store.mute = false;
        gateway.peers().count().block(LIMIT);
        for (int i = 0; i < 2_000; i++) {
            store.now += 1_000;
            admitted += passes(gateway, quota) ? 1 : 0;
        }
        assertThat(admitted).isLessThanOrEqualTo(1_000);
    }

    @Example
    void aLowerQuotaHoldsForWhatIsLeasedAlready() {
        Quota wide = new Quota("limits.callsPerDay", 1_000_000, Quota.Span.DAY, ZoneId.of("UTC"));
        Gateway gateway = gateways(1, wide).getFirst();
        for (int i = 0; i < 100; i++) {
            assertThat(passes(gateway, wide)).isTrue();
        }
        Quota narrow = new Quota("limits.callsPerDay", 110, Quota.Span.DAY, ZoneId.of("UTC"));
        int admitted = 0;
        for (int i = 0; i < 100; i++) {
            admitted += passes(gateway, narrow) ? 1 : 0;
        }
        assertThat(admitted).isEqualTo(10);
    }

    private static String window(Quota.Span span, ZoneId zone, String at) {
        Quota.Window window =
                new Quota("limits.x", 1, span, zone).windowAt(Instant.parse(at).getEpochSecond());
        return Instant.ofEpochSecond(window.begins()) + " " + Instant.ofEpochSecond(window.ends());
    }

    private static boolean passes(Gateway gateway, Quota quota) {
        Allowance allowance = gateway.gate().pass(quota).block(LIMIT);
        assertThat(allowance).isNotNull();
        return allowance.retryMicros() == 0;
    }

    private List<Gateway> gateways(int count, Quota quota) {
        store = new MemoryLimitStore(0);
        store.now = NOON.getEpochSecond() * SECOND;
        List<Peers> peers =
                IntStream.range(0, count).mapToObj(one -> new Peers(store, 1)).toList();
        peers.forEach(one -> one.count().block(LIMIT));
        peers.forEach(one -> one.count().block(LIMIT));
        return peers.stream().map(one -> new Gateway(one, gate(one, quota))).toList();
    }

    private PermitGate<Quota> gate(Peers peers, Quota quota) {
        LongSupplier micros = () -> store.now;
        return new PermitGate<>(
                "{t}:requestsPerHour",
                new QuotaLease(quota, peers.instances(), micros.getAsLong()),
                store,
                peers,
                LimitCounters.ofQuotas(new SimpleMeterRegistry()),
                micros,
                Schedulers.immediate());
    }

    // Each so many milliseconds after the one before, at the instance of its remainder.
    @Provide
    Arbitrary<List<Integer>> requests() {
        return Arbitraries.integers().between(0, 900).list().ofMaxSize(400);
    }
}
