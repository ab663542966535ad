package io.weir.orchestration.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.OfRequest;
import io.weir.ledger.UsageEvent.Released;
import io.weir.money.Amount;
import io.weir.tenancy.TenantId;
import io.weir.testing.EventLoops;
import io.weir.testing.Eventually;
import io.weir.testing.MutableClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class HeldCallsTests {

    static {
        EventLoops.guard();
    }

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    // Holds are looked at every twentieth of it.
    private static final Duration TTL = Duration.ofSeconds(1);
    private static final TenantId TENANT = new TenantId(UUID.randomUUID());

    private final List<OfRequest> written = Collections.synchronizedList(new ArrayList<>());
    private final MutableClock clock = MutableClock.at("2026-11-23T00:00:00Z");
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger left = new AtomicInteger();
    private final AtomicInteger expired = new AtomicInteger();
    private final AtomicInteger looks = new AtomicInteger();
    private volatile Mono<Void> answer = Mono.empty();
    private final HeldCalls calls = new HeldCalls(
            (event, time, trace) -> {
                written.add(event);
                return answer;
            },
            clock,
            () -> {
                looks.incrementAndGet();
                return nanos.get();
            },
            TTL,
            new SimpleMeterRegistry());

    @AfterEach
    void stop() {
        calls.close();
    }

    private final RunningCall running = new RunningCall() {
        @Override
        public Mono<Amount> measured() {
            return Mono.just(Amount.of("0.5"));
        }

        @Override
        public void expired() {
            expired.incrementAndGet();
        }
    };

    private Held held(String ceiling) {
        return new Held(
                "r1",
                TENANT,
                "key",
                "gpt-4o-mini",
                "openai",
                "gpt-4o-mini",
                Amount.of(ceiling),
                calls.expiry(),
                null,
                null);
    }

    private void hold(String ceiling) {
        calls.hold(held(ceiling), left::incrementAndGet, null).block(PATIENCE);
    }

    private List<Held> holds() {
        return List.copyOf(written).stream().map(Held.class::cast).toList();
    }

    private void pass(Duration time) {
        clock.advance(time);
        nanos.addAndGet(time.toNanos());
    }

    private void awaitLooks(int more) {
        int wanted = looks.get() + more;
        Eventually.passes(PATIENCE, () -> assertThat(looks.get()).isGreaterThanOrEqualTo(wanted));
    }

    private void awaitWritten(int count) {
        Eventually.passes(PATIENCE, () -> assertThat(written).hasSize(count));
    }

    @Test
    void aHoldIsRenewedAtHalfItsTimeWithWhatTheCallHasCostSoFar() {
        hold("1");
        calls.watch("r1", running);
        pass(TTL.dividedBy(2));
        awaitWritten(2);
        assertThat(holds().getLast().renewal()).isTrue();
        assertThat(holds().getLast().measured()).isEqualTo(Amount.of("0.5"));
        awaitLooks(3);
        assertThat(written).hasSize(2);
    }

    @Test
    void aHoldIsRenewedAlsoWhereItCannotBeSaidWhatTheCallHasCost() {
        hold("1");
        calls.watch("r1", new RunningCall() {
            @Override
            public Mono<Amount> measured() {
                throw new IllegalStateException("of a test");
            }

            @Override
            public void expired() {
                expired.incrementAndGet();
            }
        });
        pass(TTL.dividedBy(2));
        awaitWritten(2);
        assertThat(holds().getLast().measured()).isNull();
    }

    @Test
    void aStepOfTheClockRenewsAndCutsNothing() {
        hold("1");
        calls.watch("r1", running);
        clock.advance(TTL.multipliedBy(10));
        awaitWritten(2);
        assertThat(holds().getLast().expiresAt()).isEqualTo(calls.expiry());
        // And backwards: the others' clocks go on.
        clock.advance(TTL.multipliedBy(-20));
        nanos.addAndGet(TTL.toNanos() / 2);
        awaitWritten(3);
        assertThat(expired).hasValue(0);
    }

    @Test
    void aHoldThatCannotBeRenewedExpires() {
        hold("1");
        calls.watch("r1", running);
        answer = Mono.error(new IllegalStateException("the ledger is away"));
        pass(TTL.dividedBy(2));
        awaitWritten(4);
        assertThat(expired).hasValue(0);
        pass(TTL.dividedBy(2));
        Eventually.passes(PATIENCE, () -> assertThat(expired).hasValue(1));
        assertThat(left).hasValue(0);
    }

    @Test
    void nothingIsRenewedForEver() {
        hold("1");
        calls.watch("r1", running);
        for (int renewal = 1; renewal <= HeldCalls.MOST_RENEWALS; renewal++) {
            pass(TTL.dividedBy(2));
            awaitWritten(renewal + 1);
        }
        pass(TTL.dividedBy(2));
        Eventually.passes(PATIENCE, () -> assertThat(expired).hasValue(1));
        assertThat(left).hasValue(0);
        pass(TTL.dividedBy(2));
        Eventually.passes(PATIENCE, () -> assertThat(left).hasPositiveValue());
        assertThat(written).hasSize(HeldCalls.MOST_RENEWALS + 1);
    }

    @Test
    void aCallThatEndsUnresolvedIsLeftAndOneThatWasResolvedIsNot() {
        hold("1");
        calls.ended("r1");
        assertThat(left).hasValue(1);
        calls.resolve(new Released("r1", TENANT, "key", "provider_error"), null).block(PATIENCE);
        calls.ended("r1");
        assertThat(left).hasValue(1);
    }

    @Test
    void aRenewalThatIsOnItsWayDoesNotFollowAHigherHold() {
        hold("1");
        Sinks.Empty<Void> slow = Sinks.empty();
        answer = slow.asMono();
        Mono<Void> raised = calls.hold(held("2"), left::incrementAndGet, null);
        raised.subscribe();
        pass(TTL.dividedBy(2));
        awaitWritten(3);
        assertThat(holds()).extracting(Held::ceiling).containsExactly(Amount.of("1"), Amount.of("2"), Amount.of("2"));
        slow.tryEmitEmpty();
        raised.block(PATIENCE);
    }

    @Test
    void aHigherHoldThatTheLedgerDidNotTakeLeavesTheOneBefore() {
        hold("1");
        answer = Mono.error(new IllegalStateException("the ledger is away"));
        assertThat(calls.hold(held("2"), left::incrementAndGet, null)
                        .onErrorResume(away -> Mono.empty())
                        .blockOptional(PATIENCE))
                .isEmpty();
        answer = Mono.empty();
        pass(TTL.dividedBy(2));
        awaitWritten(3);
        assertThat(holds().getLast().ceiling()).isEqualTo(Amount.of("1"));
    }
}
