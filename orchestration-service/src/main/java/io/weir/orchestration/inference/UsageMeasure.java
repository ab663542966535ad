package io.weir.orchestration.inference;

import io.weir.money.Meter;
import io.weir.money.Quantities;
import io.weir.orchestration.budget.Budgets.Reserved;
import io.weir.orchestration.dialect.OpenAiUsage;
import io.weir.orchestration.dialect.Produced;
import io.weir.orchestration.dialect.PromptTokens;
import io.weir.orchestration.dialect.Tokenizer;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;

/// How much a call used: what the provider says, else what we can count ourselves.
final class UsageMeasure {

    private final Tokenizer tokenizer;

    UsageMeasure(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    Mono<Usage> of(Call call, Reserved reserved, @Nullable JsonNode reported, Produced produced) {
        Optional<OpenAiUsage> usage = reported == null ? Optional.empty() : OpenAiUsage.read(reported);
        return usage.map(known -> Mono.just(Usage.reported(known)))
                .orElseGet(() -> Mono.fromCallable(() -> Usage.measured(count(call, reserved, produced)))
                        .subscribeOn(Schedulers.boundedElastic()));
    }

    // Never beyond what was held: the ceiling binds our own count too.
    private Quantities count(Call call, Reserved reserved, Produced produced) {
        long most = (long) reserved.outputLimit() * call.request().choices();
        long in = Math.min(
                PromptTokens.count(call.request(), tokenizer), call.request().inputBound());
        long out = Math.min(produced.tokens(tokenizer), most);
        return new Quantities(Map.of(Meter.TEXT_IN, in, Meter.TEXT_OUT, out));
    }
}
