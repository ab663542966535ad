package io.weir.orchestration.inference;

import io.weir.ledger.Attempt;
import io.weir.ledger.Outcome;
import io.weir.money.Amount;
import io.weir.orchestration.dialect.ChatStream;
import io.weir.orchestration.dialect.Produced;
import io.weir.orchestration.inference.AttemptPricing.Ending;
import io.weir.orchestration.inference.Tries.Begun;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/// What a streamed call used, priced and put into the books. Reads a stream's counts, which its caller guards while
/// they grow. Safe for many threads apart from that.
final class StreamBooking {

    /// What was booked.
    record Settlement(Usage usage, Amount cost) {

        /// In OpenAI's form.
        JsonNode told() {
            JsonNode told = usage.openAi();
            return told != null
                    ? told
                    : ChatStream.usage(usage.buckets().input(), usage.buckets().output());
        }
    }

    /// How the client fared.
    ///
    /// @param timeToFirstToken in milliseconds; null: it saw none
    /// @param bytes that were sent
    record Delivery(boolean begun, @Nullable Long timeToFirstToken, long bytes) {}

    private final Call call;
    private final CallParts parts;
    private final Tries tries;

    StreamBooking(Call call, CallParts parts, Tries tries) {
        this.call = call;
        this.parts = parts;
        this.tries = tries;
    }

    /// What an attempt used that was never answered: what it sent.
    static Tries.Unanswered unanswered(Call call, CallParts parts) {
        return (candidate, reserved) -> parts.measure().of(call, candidate, reserved, Optional.empty(), new Produced());
    }

    /// Of a stream that is not read any more.
    Mono<Usage> used(ProviderStream from) {
        return Mono.defer(() -> used(from, from.chat().produced()));
    }

    /// What the call has cost so far, by a copy of what was produced; empty where that has no price.
    Mono<Amount> soFar(ProviderStream from) {
        return used(from, from.chat().produced().copy())
                .map(usage -> attempt(from, usage, Outcome.COMPLETED))
                .filter(attempt -> attempt.unpriced() == null)
                .map(attempt -> tries.attempts().stream().map(Attempt::cost).reduce(attempt.cost(), Amount::plus));
    }

    private Mono<Usage> used(ProviderStream from, Produced produced) {
        Begun begun = from.begun();
        return parts.measure()
                .of(call, begun.candidate(), begun.reserved(), from.chat().usage(), produced);
    }

    Attempt attempt(ProviderStream from, Usage usage, Outcome outcome) {
        Begun begun = from.begun();
        String header = begun.answer().requestId();
        Ending ending = new Ending(
                usage,
                outcome,
                header == null ? from.chat().id() : header,
                begun.answer().status(),
                begun.sent());
        return parts.pricing().answered(call, tries.nextNumber(), begun.candidate(), ending);
    }

    /// Books the call with this attempt as its last.
    Mono<Settlement> settle(ProviderStream from, Usage usage, Outcome outcome, Delivery delivery) {
        from.begun().used(usage);
        Attempt attempt = attempt(from, usage, outcome);
        List<Attempt> attempts = new ArrayList<>(tries.attempts());
        attempts.add(attempt);
        Long first = delivery.timeToFirstToken();
        Consumption consumption = new Consumption(
                from.begun().candidate(),
                attempt,
                attempts,
                outcome,
                delivery.begun(),
                first == null ? Long.valueOf(call.elapsedMillis()) : first,
                delivery.bytes());
        return parts.books()
                .settle(call, from.begun().reserved(), consumption)
                .map(cost -> new Settlement(usage, cost));
    }
}
