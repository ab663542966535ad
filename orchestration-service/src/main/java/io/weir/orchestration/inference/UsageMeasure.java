package io.weir.orchestration.inference;

import io.weir.ledger.Attempt.UsageSource;
import io.weir.money.Meter;
import io.weir.money.Quantities;
import io.weir.orchestration.budget.Budgets.Reserved;
import io.weir.orchestration.dialect.Produced;
import io.weir.orchestration.dialect.PromptTokens;
import io.weir.orchestration.dialect.ReportedUsage;
import io.weir.orchestration.dialect.Tokenizer;
import io.weir.orchestration.route.Candidate;
import java.util.Map;
import java.util.Optional;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// How much a call used: what the provider says, else what we can count ourselves.
public final class UsageMeasure {

    private final Tokenizer tokenizer;

    UsageMeasure(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    Mono<Usage> of(
            Call call, Candidate candidate, Reserved reserved, Optional<ReportedUsage> reported, Produced produced) {
        if (reported.filter(ReportedUsage::last).isPresent()) {
            return Mono.just(Usage.reported(reported.get()));
        }
        return Mono.fromCallable(() -> reported.map(begun -> completed(begun, call, reserved, produced))
                        .orElseGet(() -> Usage.measured(count(call, candidate, reserved, produced))))
                .subscribeOn(Schedulers.boundedElastic());
    }

    // What came is at least what was counted of it.
    private Usage completed(ReportedUsage begun, Call call, Reserved reserved, Produced produced) {
        Quantities counted = begun.buckets();
        long room = mostOutput(call, reserved) - counted.output();
        long more = Math.min(room, produced.tokens(tokenizer) - counted.of(Meter.TEXT_OUT));
        Quantities buckets = more > 0 ? counted.plus(Quantities.of(Meter.TEXT_OUT, more)) : counted;
        return new Usage(
                buckets,
                begun.raw(),
                null,
                UsageSource.MEASURED,
                begun.unmapped().isEmpty());
    }

    private static long mostOutput(Call call, Reserved reserved) {
        return (long) reserved.outputLimit() * call.request().choices();
    }

    // Never beyond what was held: the ceiling binds our own count too.
    private Quantities count(Call call, Candidate candidate, Reserved reserved, Produced produced) {
        long in = Math.min(
                PromptTokens.count(call.request(), tokenizer),
                candidate.ceiling().inputBound());
        long out = Math.min(produced.tokens(tokenizer), mostOutput(call, reserved));
        return new Quantities(Map.of(Meter.TEXT_IN, in, Meter.TEXT_OUT, out));
    }
}
