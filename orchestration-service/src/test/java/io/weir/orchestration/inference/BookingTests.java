package io.weir.orchestration.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ledger.LedgerUnavailableException;
import io.weir.money.Amount;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.testing.EventLoops;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

class BookingTests {

    static {
        EventLoops.guard();
    }

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Amount COST = Amount.of("0.2");
    private static final Amount CEILING = Amount.of("1");

    private final List<Amount> booked = new CopyOnWriteArrayList<>();

    private Mono<Void> book(Amount amount) {
        booked.add(amount);
        return Mono.empty();
    }

    private Mono<Void> end(Mono<Void> ledger) {
        return Booking.of(ledger, this::book, COST, CEILING);
    }

    private static Mono<Void> late(Mono<Void> arrival) {
        return Mono.error(new PlatformException(
                ProblemType.LEDGER_UNAVAILABLE, "late", new LedgerUnavailableException("late", arrival)));
    }

    @Test
    void theBudgetFollowsTheLedger() {
        Sinks.Empty<Void> ledger = Sinks.empty();
        Mono<Void> done = end(ledger.asMono());
        StepVerifier.create(done)
                .then(() -> assertThat(booked).isEmpty())
                .then(ledger::tryEmitEmpty)
                .expectComplete()
                .verify(PATIENCE);
        assertThat(booked).containsExactly(COST);
    }

    @Test
    void whatTheLedgerTakesTooLateIsBookedAsItArrives() {
        Sinks.Empty<Void> arrival = Sinks.empty();
        StepVerifier.create(end(late(arrival.asMono())))
                .expectError(PlatformException.class)
                .verify(PATIENCE);
        assertThat(booked).as("it is held as before").isEmpty();
        arrival.tryEmitEmpty();
        assertThat(booked).containsExactly(COST);
    }

    @Test
    void whatTheLedgerNeverTakesIsBookedAsOthersMaySettleIt() {
        Sinks.Empty<Void> arrival = Sinks.empty();
        StepVerifier.create(end(late(arrival.asMono())))
                .expectError(PlatformException.class)
                .verify(PATIENCE);
        arrival.tryEmitError(new IllegalStateException("dropped"));
        assertThat(booked).containsExactly(CEILING);
    }

    @Test
    void itGoesOnWhenNobodyWaitsAnyMore() {
        Sinks.Empty<Void> ledger = Sinks.empty();
        end(ledger.asMono()).subscribe().dispose();
        ledger.tryEmitEmpty();
        assertThat(booked).containsExactly(COST);
    }

    @Test
    void anAnswerDoesNotWaitLongForTheBudget() {
        Mono<Void> done = Booking.of(Mono.empty(), amount -> Mono.never(), COST, CEILING);
        StepVerifier.create(done).expectComplete().verify(PATIENCE);
    }
}
