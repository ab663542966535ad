package io.weir.orchestration.inference;

import io.weir.ledger.LedgerUnavailableException;
import io.weir.money.Amount;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// The end of a call in both books. The ledger first: what it does not have may be settled there by others, at most at
/// the ceiling, so that the budget must not have given that back. Goes on when nobody waits any more.
final class Booking {

    private static final Logger LOG = LoggerFactory.getLogger(Booking.class);

    // The budget's row usually follows within milliseconds; an answer does not wait long for it, since what it still
    // holds is more than what it will book.
    private static final Duration BUDGET_PATIENCE = Duration.ofSeconds(1);

    private Booking() {}

    /// Completes when both have it, or the ledger does and the budget is slow. Fails when the ledger does not have it
    /// in time: then the budget keeps all that is held until the event arrives after all.
    ///
    /// @param budget books an amount in place of what is held
    static Mono<Void> of(Mono<Void> ledger, Function<Amount, Mono<Void>> budget, Amount debit, Amount ceiling) {
        return Mono.deferContextual(context -> {
            Mono<Void> done = ledger.doOnError(unsure -> whenKnown(unsure, budget, debit, ceiling))
                    .then(Mono.defer(() -> budget.apply(debit).timeout(BUDGET_PATIENCE))
                            .onErrorComplete(TimeoutException.class))
                    .cache();
            done.contextWrite(context)
                    .subscribe(ignored -> {}, unsure -> LOG.warn("A call's end is not in the ledger in time", unsure));
            // What is cached ends on a thread that knows nothing of the call: its trace and tenant are put back.
            return done.contextWrite(same -> same);
        });
    }

    // What never arrives is settled by others, at most at the ceiling.
    private static void whenKnown(Throwable unsure, Function<Amount, Mono<Void>> budget, Amount debit, Amount ceiling) {
        arrival(unsure)
                .subscribe(
                        ignored -> {},
                        lost -> budget.apply(ceiling).subscribe(),
                        () -> budget.apply(debit).subscribe());
    }

    private static Mono<Void> arrival(Throwable unsure) {
        return unsure.getCause() instanceof LedgerUnavailableException late ? late.arrival() : Mono.error(unsure);
    }
}
