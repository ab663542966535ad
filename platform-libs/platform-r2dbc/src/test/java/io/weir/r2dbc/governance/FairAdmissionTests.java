package io.weir.r2dbc.governance;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.R2dbcTimeoutException;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

class FairAdmissionTests {

    private static final Duration WAIT = Duration.ofSeconds(10);
    private static final TenantContext ACME = tenant("free");
    private static final TenantContext GLOBEX = tenant("growth");

    private final AtomicLong clock = new AtomicLong(1);
    private final FairAdmission admission =
            new FairAdmission(GovernanceProperties.defaults(), PlanCatalogue.delivered(), 10, clock::get);

    @Test
    void whatEndsGivesBackHoweverItEnds() {
        StepVerifier.create(admission.admit(ACME, Mono.just(1)))
                .expectNext(1)
                .expectComplete()
                .verify(WAIT);
        StepVerifier.create(admission.admit(ACME, Mono.error(new IllegalStateException("x"))))
                .expectError(IllegalStateException.class)
                .verify(WAIT);
        Disposable running = admission.admit(ACME, Mono.never()).subscribe();
        Disposable many = admission.admitMany(ACME, Flux.never()).subscribe();
        assertThat(admission.figures().inUse()).isEqualTo(2);
        running.dispose();
        many.dispose();
        assertThat(admission.figures().inUse()).isZero();
    }

    // A place that nobody was told of would be given back by nobody.
    @Test
    void whoLeavesAsItsTurnComesTakesNoPlace() {
        for (int i = 0; i < 20; i++) {
            leaving(admission.admit(ACME, Mono.just(1)));
            leaving(admission.admitMany(ACME, Flux.just(1)));
        }
        assertThat(admission.figures().inUse()).isZero();
        StepVerifier.create(admission.admit(ACME, Mono.just(1)))
                .expectNext(1)
                .expectComplete()
                .verify(WAIT);
    }

    private static void leaving(Publisher<Integer> work) {
        work.subscribe(new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                subscription.cancel();
            }
        });
    }

    @Test
    void whoWaitsGetsATurnWhenOneEnds() {
        Sinks.Empty<Void> end = Sinks.empty();
        admission.admit(ACME, end.asMono()).subscribe();
        admission.admit(ACME, Mono.never()).subscribe();
        AtomicInteger ran = new AtomicInteger();
        admission.admit(ACME, Mono.fromRunnable(ran::incrementAndGet)).subscribe();
        assertThat(ran).hasValue(0);
        end.tryEmitEmpty();
        assertThat(ran).hasValue(1);
    }

    @Test
    void aWaitHasAnEndThatSaysWhy() {
        admission.admit(ACME, Mono.never()).subscribe();
        admission.admit(ACME, Mono.never()).subscribe();
        StepVerifier.create(admission.admit(ACME, Mono.just(1)))
                .expectErrorSatisfies(refused -> assertRefused(refused, "2 operations at a time"))
                .verify(WAIT);
        assertThat(admission.figures().waiting()).isZero();
    }

    @Test
    void whoGivesUpWaitingIsNotAdmittedLater() {
        Sinks.Empty<Void> end = Sinks.empty();
        admission.admit(ACME, end.asMono()).subscribe();
        admission.admit(ACME, Mono.never()).subscribe();
        AtomicInteger ran = new AtomicInteger();
        admission
                .admit(ACME, Mono.fromRunnable(ran::incrementAndGet))
                .subscribe()
                .dispose();
        end.tryEmitEmpty();
        assertThat(ran).hasValue(0);
        assertThat(admission.figures().inUse()).isEqualTo(1);
        assertThat(admission.figures().waiting()).isZero();
    }

    @Test
    void aFullQueueRefusesAtOnceAndOnlyItsTenant() {
        List<Throwable> refused = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            admission.admit(ACME, Mono.never()).subscribe(never -> {}, refused::add);
        }
        assertThat(refused).hasSizeGreaterThanOrEqualTo(1_000 - 2 - 256);
        assertRefused(refused.getFirst(), "Too many of your operations wait");
        StepVerifier.create(admission.admit(GLOBEX, Mono.just(1)))
                .expectNext(1)
                .expectComplete()
                .verify(WAIT);
    }

    @Test
    void workThatEndsAtOnceDoesNotCallEverDeeper() {
        Sinks.Empty<Void> end = Sinks.empty();
        GovernanceProperties roomy =
                new GovernanceProperties(50_000, 50_000, Duration.ofSeconds(5), 20, 50, Duration.ofSeconds(10), 0);
        FairAdmission one = new FairAdmission(roomy, plan -> PlanLimits.delivered("enterprise"), 1);
        one.admit(ACME, end.asMono()).subscribe();
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 20_000; i++) {
            one.admit(ACME, Mono.fromRunnable(ran::incrementAndGet)).subscribe(never -> {}, late -> {});
        }
        end.tryEmitEmpty();
        assertThat(ran.get() + one.refusals().late.intValue()).isEqualTo(20_000);
        assertThat(ran.get()).isPositive();
    }

    @Test
    void aTenantWhoseStatementsTimeOutIsKeptAwayAndNobodyElse() {
        stall(ACME, 10);
        assertThat(admission.openBreakers()).isEqualTo(1);
        StepVerifier.create(admission.admit(ACME, Mono.just(1)))
                .expectErrorSatisfies(refused -> assertRefused(refused, "Try again in 10 s"))
                .verify(WAIT);
        StepVerifier.create(admission.admit(GLOBEX, Mono.just(1)))
                .expectNext(1)
                .expectComplete()
                .verify(WAIT);
    }

    @Test
    void probesThatAnswerLetItIn() {
        stall(ACME, 10);
        clock.addAndGet(Duration.ofSeconds(11).toNanos());
        for (int i = 0; i < 5; i++) {
            StepVerifier.create(admission.admit(ACME, Mono.just(1)))
                    .expectNext(1)
                    .expectComplete()
                    .verify(WAIT);
        }
        assertThat(admission.openBreakers()).isZero();
    }

    @Test
    void aProbeThatStallsKeepsItAway() {
        stall(ACME, 10);
        clock.addAndGet(Duration.ofSeconds(11).toNanos());
        stall(ACME, 2);
        assertThat(admission.openBreakers()).isEqualTo(1);
    }

    // Two probes may go at a time; the others are refused, not queued.
    @Test
    void onlySoManyProbesGoAtOnce() {
        stall(ACME, 10);
        clock.addAndGet(Duration.ofSeconds(11).toNanos());
        Disposable first = admission.admit(ACME, Mono.never()).subscribe();
        Disposable second = admission.admit(ACME, Mono.never()).subscribe();
        StepVerifier.create(admission.admit(ACME, Mono.just(1)))
                .expectError(PlatformException.class)
                .verify(WAIT);
        first.dispose();
        second.dispose();
        StepVerifier.create(admission.admit(ACME, Mono.just(1)))
                .expectNext(1)
                .expectComplete()
                .verify(WAIT);
    }

    @Test
    void aTenantsOwnErrorsDoNotCount() {
        fail(ACME, 100, new R2dbcDataIntegrityViolationException("duplicate key", "23505"));
        fail(ACME, 100, new IllegalArgumentException("bad input"));
        fail(ACME, 100, new R2dbcNonTransientResourceException("terminating connection", "57P01"));
        assertThat(admission.openBreakers()).isZero();
    }

    @Test
    void givingUpOnAStatementThatTakesTooLongCounts() {
        for (int i = 0; i < 10; i++) {
            Disposable running = admission.admit(ACME, Mono.never()).subscribe();
            clock.addAndGet(Duration.ofSeconds(2).toNanos());
            running.dispose();
        }
        assertThat(admission.openBreakers()).isEqualTo(1);
    }

    @Test
    void givingUpOnAQuickOneDoesNot() {
        for (int i = 0; i < 100; i++) {
            admission.admit(ACME, Mono.never()).subscribe().dispose();
        }
        assertThat(admission.openBreakers()).isZero();
    }

    private static R2dbcTimeoutException stalled() {
        return new R2dbcTimeoutException("canceling statement due to statement timeout", "57014");
    }

    private void stall(TenantContext tenant, int times) {
        fail(tenant, times, stalled());
    }

    private void fail(TenantContext tenant, int times, Throwable failure) {
        for (int i = 0; i < times; i++) {
            StepVerifier.create(admission.admit(tenant, Mono.error(failure)))
                    .expectErrorSatisfies(seen -> assertThat(seen).isSameAs(failure))
                    .verify(WAIT);
        }
    }

    private static void assertRefused(Throwable refused, String why) {
        assertThat(refused).isInstanceOfSatisfying(PlatformException.class, problem -> {
            assertThat(problem.type()).isEqualTo(ProblemType.DATABASE_SHARE_EXHAUSTED);
            assertThat(problem.type().status()).isEqualTo(503);
            assertThat(problem).hasMessageContaining(why);
        });
    }

    private static TenantContext tenant(String plan) {
        return new TenantContext(new TenantId(UUID.randomUUID()), plan, Placement.POOL, "local");
    }
}
