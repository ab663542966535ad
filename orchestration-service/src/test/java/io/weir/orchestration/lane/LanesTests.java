package io.weir.orchestration.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.orchestration.lane.Lanes.Wish;
import io.weir.problem.ProblemType;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;

class LanesTests {

    private static final TenantId NOISY = tenant(1);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final TenantShares shares = new TenantShares(InstantSource.fixed(Instant.EPOCH));

    private static TenantId tenant(int number) {
        return new TenantId(new UUID(0, number));
    }

    private Lanes lanes(Limits limits, int mostConcurrent) {
        return new Lanes(
                properties(),
                Map.of("openai", limits),
                shares,
                mostConcurrent,
                new SimpleMeterRegistry(),
                () -> time.now(TimeUnit.NANOSECONDS),
                time);
    }

    private static LaneProperties properties() {
        return new LaneProperties(
                Duration.ofSeconds(10),
                Duration.ofMinutes(1),
                Duration.ofMillis(200),
                1000,
                Duration.ofSeconds(30),
                1,
                100,
                80,
                0.5,
                0.5,
                Duration.ofSeconds(1),
                Duration.ofSeconds(5));
    }

    private static Limits perMinute(double requests) {
        return new Limits(requests, null);
    }

    private static Wish wish(TenantId tenant, long tokens, boolean others) {
        return new Wish("openai", null, "platform", "gpt", tenant, Priority.INTERACTIVE, tokens, false, others);
    }

    @AfterEach
    void end() {
        time.dispose();
    }

    private void pass(Duration span) {
        time.advanceTimeBy(span);
    }

    /// A tenant that sends evenly.
    private final class Sender {

        private final Lanes lanes;
        private final TenantId tenant;
        private final AtomicInteger served = new AtomicInteger();
        private final AtomicInteger refused = new AtomicInteger();
        private int sent;
        private long longest;

        private Sender(Lanes lanes, TenantId tenant, Duration every) {
            this.lanes = lanes;
            this.tenant = tenant;
            time.schedulePeriodically(this::send, 0, every.toNanos(), TimeUnit.NANOSECONDS);
        }

        private void send() {
            sent++;
            long at = time.now(TimeUnit.NANOSECONDS);
            lanes.permit(wish(tenant, 100, false))
                    .enter()
                    .subscribe(
                            permit -> {
                                permit.asks();
                                served.incrementAndGet();
                                longest = Math.max(longest, time.now(TimeUnit.NANOSECONDS) - at);
                                permit.end();
                            },
                            full -> refused.incrementAndGet());
        }
    }

    @Test
    void oneWhoSendsFiftyTimesAsMuchGetsWhatTheOthersLeave() {
        Lanes lanes = lanes(perMinute(600), 1000);
        Sender noisy = new Sender(lanes, NOISY, Duration.ofMillis(20));
        List<Sender> quiet = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            quiet.add(new Sender(lanes, tenant(10 + i), Duration.ofMillis(1_100)));
        }
        pass(Duration.ofMinutes(2));
        int all = noisy.served.get();
        for (Sender each : quiet) {
            assertThat(each.refused).hasValue(0);
            assertThat(each.sent - each.served.get()).isLessThanOrEqualTo(2);
            assertThat(Duration.ofNanos(each.longest)).isLessThan(Duration.ofSeconds(3));
            all += each.served.get();
        }
        // Nothing of the limit is left unused, and no more than it is used.
        assertThat(all).isBetween(1_195, 1_211);
        assertThat(noisy.served.get()).isGreaterThan(180);
        assertThat(noisy.refused.get()).isGreaterThan(1_000);
    }

    @Test
    void allWhoWantMoreThanTheirShareGetTheSameAndOneOfLowWeightLess() {
        shares.restrict(tenant(2), 0.1, null, Instant.MAX);
        Lanes lanes = lanes(perMinute(600), 1000);
        Sender one = new Sender(lanes, tenant(1), Duration.ofMillis(50));
        Sender low = new Sender(lanes, tenant(2), Duration.ofMillis(50));
        Sender other = new Sender(lanes, tenant(3), Duration.ofMillis(200));
        pass(Duration.ofMinutes(2));
        assertThat(one.served.get() / (double) other.served.get()).isBetween(0.97, 1.03);
        assertThat(one.served.get() / (double) low.served.get()).isBetween(8.0, 12.0);
    }

    @Test
    void whoCannotBeServedInTimeIsToldAtOnceAndWhen() {
        Lanes lanes = lanes(perMinute(60), 1000);
        lanes.permit(wish(NOISY, 1, false)).enter().block(Duration.ofSeconds(1));
        for (int i = 0; i < 11; i++) {
            lanes.permit(wish(NOISY, 1, false)).enter().subscribe();
        }
        assertThatThrownBy(() -> lanes.permit(wish(NOISY, 1, false)).enter().block(Duration.ofSeconds(1)))
                .isInstanceOfSatisfying(LaneFull.class, full -> {
                    assertThat(full.problem().type()).isEqualTo(ProblemType.UPSTREAM_RATE_LIMITED);
                    assertThat(full.retryAfter()).isBetween(Duration.ofSeconds(9), Duration.ofSeconds(12));
                });
        assertThatThrownBy(() -> lanes.permit(wish(tenant(2), 1, true)).enter().block(Duration.ofSeconds(1)))
                .as("where others could serve it")
                .isInstanceOf(LaneFull.class);
    }

    @Test
    void whoLeavesTheQueueLetsTheNextForward() {
        Lanes lanes = lanes(perMinute(60), 1000);
        lanes.permit(wish(NOISY, 1, false)).enter().block(Duration.ofSeconds(1));
        AtomicInteger entered = new AtomicInteger();
        AtomicInteger ended = new AtomicInteger();
        Permit gone = lanes.permit(wish(NOISY, 1, false));
        gone.enter().subscribe(permit -> entered.incrementAndGet(), failure -> {}, ended::incrementAndGet);
        lanes.permit(wish(NOISY, 1, false)).enter().subscribe(permit -> entered.addAndGet(10));
        gone.end();
        assertThat(ended).as("the wait is over").hasValue(1);
        pass(Duration.ofMillis(1_001));
        assertThat(entered).hasValue(10);
    }

    @Test
    void whatNothingWasAskedForIsGivenBack() {
        Lanes lanes = lanes(perMinute(60), 1000);
        for (int i = 0; i < 100; i++) {
            Permit permit = lanes.permit(wish(NOISY, 1, false));
            assertThat(permit.enter().block(Duration.ofSeconds(1))).isSameAs(permit);
            permit.end();
            permit.end();
        }
    }

    @Test
    void tokensAreTakenAsExpectedAndCorrectedByWhatWasUsed() {
        Lanes lanes = lanes(new Limits(null, 60_000.0), 1000);
        Permit first = lanes.permit(wish(NOISY, 1_000, false));
        first.enter().block(Duration.ofSeconds(1));
        first.asks();
        first.end();
        AtomicInteger entered = new AtomicInteger();
        lanes.permit(wish(NOISY, 1_000, false)).enter().subscribe(permit -> entered.incrementAndGet());
        pass(Duration.ofMillis(500));
        assertThat(entered).as("a second's tokens were taken").hasValue(0);
        first.used(400, 100);
        time.advanceTime();
        assertThat(entered).as("of which it used fewer").hasValue(1);
    }

    @Test
    void aModelTakesSoManyAtATimeAndTheNextWhenOneEnds() {
        Lanes lanes = lanes(Limits.NONE, 2);
        Permit first = lanes.permit(wish(NOISY, 1, false));
        first.enter().block(Duration.ofSeconds(1));
        lanes.permit(wish(NOISY, 1, false)).enter().block(Duration.ofSeconds(1));
        AtomicInteger entered = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        lanes.permit(wish(NOISY, 1, false)).enter().subscribe(permit -> entered.incrementAndGet());
        lanes.permit(wish(NOISY, 1, false)).enter().subscribe(permit -> {}, full -> {
            assertThat(((LaneFull) full).problem().type()).isEqualTo(ProblemType.UPSTREAM_UNAVAILABLE);
            failed.incrementAndGet();
        });
        first.asks();
        first.end();
        time.advanceTime();
        assertThat(entered).hasValue(1);
        pass(Duration.ofSeconds(11));
        assertThat(failed).hasValue(1);
    }

    @Test
    void aTenantsOwnAccountHasRoomOfItsOwn() {
        Lanes lanes = lanes(perMinute(60), 1000);
        lanes.permit(wish(NOISY, 1, false)).enter().block(Duration.ofSeconds(1));
        Wish own = new Wish("openai", NOISY, "key-1", "gpt", NOISY, Priority.INTERACTIVE, 1, false, false);
        for (int i = 0; i < 100; i++) {
            assertThat(lanes.permit(own).enter().block(Duration.ofSeconds(1))).isNotNull();
        }
    }

    @Test
    void instancesDivideAnAccount() {
        Lanes lanes = lanes(perMinute(600), 1000);
        lanes.sharedBy(3);
        Sender all = new Sender(lanes, NOISY, Duration.ofMillis(20));
        pass(Duration.ofMinutes(1));
        assertThat(all.served.get()).isBetween(198, 206);
    }

    @Test
    void aProviderThatAsksForItIsLeftAloneForThatLong() {
        Lanes lanes = lanes(Limits.NONE, 1000);
        Permit first = lanes.permit(wish(NOISY, 1, false));
        first.enter().block(Duration.ofSeconds(1));
        first.asks();
        first.limited(Duration.ofSeconds(3));
        first.end();
        AtomicInteger entered = new AtomicInteger();
        lanes.permit(wish(tenant(2), 1, false)).enter().subscribe(permit -> entered.incrementAndGet());
        pass(Duration.ofMillis(2_990));
        assertThat(entered).hasValue(0);
        pass(Duration.ofMillis(20));
        assertThat(entered).hasValue(1);
    }

    @Test
    void limitsAreLearnedFromAnswers() {
        Lanes lanes = lanes(Limits.NONE, 1000);
        Permit first = lanes.permit(wish(NOISY, 1, false));
        first.enter().block(Duration.ofSeconds(1));
        first.asks();
        first.began(Map.of("x-ratelimit-limit-requests", "60", "x-ratelimit-remaining-requests", "0")::get);
        first.end();
        Sender more = new Sender(lanes, NOISY, Duration.ofMillis(100));
        pass(Duration.ofMinutes(1));
        assertThat(more.served.get()).isBetween(58, 61);
    }
}
