package io.weir.orchestration.inference;

import io.weir.money.Meter;
import io.weir.money.Quantities;
import io.weir.orchestration.budget.Budgets.Reserved;
import io.weir.orchestration.dialect.OpenAiDialect;
import io.weir.orchestration.dialect.Produced;
import io.weir.orchestration.dialect.PromptTokens;
import io.weir.orchestration.dialect.ReportedUsage;
import io.weir.orchestration.dialect.Tokenizer;
import io.weir.orchestration.route.Candidate;
import io.weir.snapshots.catalog.PriceBookSnapshot.Model;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// How much a call used: what the provider says, else what we can count ourselves.
public final class UsageMeasure {

    // An answer may run the model several times, each within its window; none comes near as many.
    private static final long MOST_WINDOWS = 10;

    private static final Logger LOG = LoggerFactory.getLogger(UsageMeasure.class);

    private final Tokenizer tokenizer;

    UsageMeasure(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    Mono<Usage> of(
            Call call, Candidate candidate, Reserved reserved, Optional<ReportedUsage> reported, Produced produced) {
        Optional<ReportedUsage> told =
                reported.map(usage -> possible(usage, candidate, call.request().choices()));
        if (told.filter(usage -> usage.isCredible() && usage.last()).isPresent()) {
            return Mono.just(Usage.reported(told.get()));
        }
        return Mono.fromCallable(() -> told.map(usage -> counted(usage, call, candidate, reserved, produced))
                        .orElseGet(() -> Usage.measured(count(call, candidate, reserved, produced))))
                .subscribeOn(Schedulers.boundedElastic());
    }

    /// What came, in tokens. Does not count on the caller's thread.
    Mono<Long> tokens(Produced produced) {
        return Mono.fromCallable(() -> produced.tokens(tokenizer)).subscribeOn(Schedulers.boundedElastic());
    }

    /// A stream that brings more than this has passed its ceiling. Where a provider's own tokens are not public, ours
    /// may be more than its own for the same text, so that a quarter is allowed.
    static long mostTokens(Call call, Candidate candidate, Reserved reserved) {
        long held = mostOutput(call, reserved);
        return candidate.route().provider().dialect() instanceof OpenAiDialect ? held : held + held / 4;
    }

    /// The same, unless it is more than the candidate's model can take or give.
    ///
    /// @param parts choices of the answer, or texts of the request
    public static ReportedUsage possible(ReportedUsage usage, Candidate candidate, int parts) {
        Model model = candidate.route().model();
        long window = Math.max(model.contextWindow(), model.maxOutputTokens());
        return usage.within(window * MOST_WINDOWS * parts);
    }

    private Usage counted(ReportedUsage told, Call call, Candidate candidate, Reserved reserved, Produced produced) {
        if (told.isCredible()) {
            return completed(told, call, reserved, produced);
        }
        CallLog.of(
                call,
                () -> LOG.error(
                        "What the provider says that request {} used cannot be: {}", call.requestId(), told.doubt()));
        return Usage.insteadOf(told, count(call, candidate, reserved, produced));
    }

    // What came is at least what was counted of it.
    private Usage completed(ReportedUsage begun, Call call, Reserved reserved, Produced produced) {
        Quantities counted = begun.buckets();
        long room = mostOutput(call, reserved) - counted.output();
        long more = Math.min(room, produced.tokens(tokenizer) - counted.of(Meter.TEXT_OUT));
        Quantities buckets = more > 0 ? counted.plus(Quantities.of(Meter.TEXT_OUT, more)) : counted;
        return Usage.completed(begun, buckets);
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
