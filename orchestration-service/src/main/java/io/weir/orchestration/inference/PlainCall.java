package io.weir.orchestration.inference;

import io.weir.ledger.Attempt;
import io.weir.ledger.Outcome;
import io.weir.money.Amount;
import io.weir.orchestration.inference.AnswerReader.Whole;
import io.weir.orchestration.inference.AttemptPricing.Ending;
import io.weir.orchestration.inference.Tries.Begun;
import io.weir.orchestration.provider.ClientInterest;
import io.weir.orchestration.provider.UpstreamAnswer;
import io.weir.orchestration.route.Candidate;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/// One call whose answer comes whole. It runs to its end also when the client leaves, since only a whole answer says
/// what it used; before a provider was asked, leaving ends it.
public final class PlainCall {

    private static final int LARGEST_ANSWER = 64 * 1024 * 1024;

    /// The answer, kept back until it was settled.
    ///
    /// @param fallbacks candidates that were left for the one that served
    public record Answered(byte[] body, Amount cost, Candidate served, int fallbacks) {}

    private final BookedCall call;
    private final CallParts parts;
    private final AnswerReader reader;
    private final ClientInterest interest = new ClientInterest();
    private final Tries tries;

    public PlainCall(BookedCall call, CallParts parts, AnswerReader reader) {
        this.call = call;
        this.parts = parts;
        this.reader = reader;
        this.tries = new Tries(call, parts, interest, () -> false, reader::measured);
    }

    /// The settled answer. Cancelling says that the client left; the work goes on.
    public Mono<Answered> run() {
        return Mono.create(client -> {
            client.onCancel(interest::lose);
            parts.open().begin();
            reply(tries.begin())
                    .doFinally(end -> ended())
                    .contextWrite(context -> context.putAll(call.context()))
                    .subscribe(client::success, failure -> fail(client::error, failure));
        });
    }

    private void ended() {
        tries.ended();
        parts.books().ended(call);
        parts.open().end();
    }

    private void fail(Consumer<Throwable> client, Throwable failure) {
        if (!interest.isLost()) {
            client.accept(failure);
        }
    }

    private Mono<Answered> reply(Mono<Begun> beginning) {
        return beginning
                .onErrorResume(failure -> tries.close(failure).then(Mono.error(failure)))
                .flatMap(this::read);
    }

    private Mono<Answered> read(Begun begun) {
        return begun.answer()
                .body()
                .collect(ByteArrayOutputStream::new, PlainCall::append)
                .flatMap(bytes -> reader.read(bytes.toByteArray(), begun.candidate(), begun.reserved()))
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .onErrorReturn(Optional.empty())
                .flatMap(read -> read.map(whole -> settled(begun, whole)).orElseGet(() -> broken(begun)));
    }

    private static void append(ByteArrayOutputStream all, byte[] bytes) {
        if (all.size() + bytes.length > LARGEST_ANSWER) {
            throw new IllegalStateException("an answer of more than " + LARGEST_ANSWER + " bytes");
        }
        all.writeBytes(bytes);
    }

    private Mono<Answered> settled(Begun begun, Whole whole) {
        Outcome outcome = interest.isLost() ? Outcome.CANCELLED : Outcome.COMPLETED;
        Attempt attempt = attempt(begun, whole.usage(), outcome, idOf(begun.answer(), whole));
        return settle(begun, attempt, whole.body().length)
                .map(cost -> new Answered(whole.body(), cost, begun.candidate(), tries.fallbacks()));
    }

    // The provider took the call and may bill it, so what can be measured is listed, and settled in the end.
    private Mono<Answered> broken(Begun begun) {
        begun.circuit().brokeOff(call.tenant().tenantId());
        return Mono.defer(() -> reader.measured(begun.candidate(), begun.reserved()))
                .flatMap(usage -> {
                    Attempt attempt =
                            attempt(begun, usage, Outcome.FAILED, begun.answer().requestId());
                    return tries.canGoOn()
                            ? reply(tries.after(begun, attempt))
                            : settle(begun, attempt, 0).then(Mono.error(Tries.brokeOff(begun.candidate())));
                });
    }

    private Attempt attempt(Begun begun, Usage usage, Outcome outcome, @Nullable String providerRequestId) {
        Ending ending =
                new Ending(usage, outcome, providerRequestId, begun.answer().status(), begun.sent());
        begun.used(usage);
        return parts.pricing().answered(call, tries.nextNumber(), begun.candidate(), ending);
    }

    // The id of the answer names the request where no header does.
    private static @Nullable String idOf(UpstreamAnswer answer, Whole whole) {
        String header = answer.requestId();
        return header == null ? whole.id() : header;
    }

    private Mono<Amount> settle(Begun begun, Attempt attempt, long bytes) {
        boolean delivered = attempt.outcome() == Outcome.COMPLETED;
        List<Attempt> attempts = new ArrayList<>(tries.attempts());
        attempts.add(attempt);
        Consumption consumption = new Consumption(
                begun.candidate(),
                attempt,
                attempts,
                attempt.outcome(),
                delivered && call.isOfClient(),
                null,
                delivered ? bytes : 0);
        return parts.books().settle(call, begun.reserved(), consumption);
    }
}
