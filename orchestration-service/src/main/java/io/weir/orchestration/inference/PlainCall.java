package io.weir.orchestration.inference;

import io.weir.ledger.Outcome;
import io.weir.money.Amount;
import io.weir.orchestration.budget.Budgets.Reserved;
import io.weir.orchestration.dialect.ForwardedBody;
import io.weir.orchestration.dialect.PlainAnswer;
import io.weir.orchestration.dialect.Produced;
import io.weir.orchestration.provider.Circuit;
import io.weir.orchestration.provider.ClientInterest;
import io.weir.orchestration.provider.FailedAttempt;
import io.weir.orchestration.provider.ProviderCalls;
import io.weir.orchestration.provider.ProviderFailure;
import io.weir.orchestration.provider.UpstreamAnswer;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;

/// One call whose answer comes whole. It runs to its end also when the client leaves, since only a whole answer says
/// what it used; before the provider was asked, leaving ends it.
final class PlainCall {

    private static final int LARGEST_ANSWER = 64 * 1024 * 1024;

    /// The answer, kept back until it was settled.
    record Answered(byte[] body, Amount cost) {}

    private final Call call;
    private final CallParts parts;
    private final List<FailedAttempt> failed = new CopyOnWriteArrayList<>();
    private final ClientInterest interest = new ClientInterest();
    private volatile long sent;

    PlainCall(Call call, CallParts parts) {
        this.call = call;
        this.parts = parts;
    }

    /// The settled answer. Cancelling says that the client left; the work goes on.
    Mono<Answered> run() {
        return Mono.create(client -> {
            client.onCancel(interest::lose);
            parts.open().begin();
            work().doFinally(end -> parts.open().end())
                    .contextWrite(context -> context.putAll(call.context()))
                    .subscribe(client::success, failure -> fail(client::error, failure));
        });
    }

    private void fail(Consumer<Throwable> client, Throwable failure) {
        if (!interest.isLost()) {
            client.accept(failure);
        }
    }

    private Mono<Answered> work() {
        Circuit circuit = parts.calls()
                .circuit(call.route().provider(), call.route().model().model());
        try {
            circuit.enter();
        } catch (ProviderFailure shut) {
            return Mono.error(shut);
        }
        return parts.books()
                .hold(call)
                .doOnError(refused -> circuit.leave())
                .flatMap(reserved -> ask(circuit, reserved));
    }

    private Mono<Answered> ask(Circuit circuit, Reserved reserved) {
        sent = System.nanoTime();
        byte[] body = ForwardedBody.of(call.request(), call.route().model().model(), reserved.outputLimit());
        ProviderCalls.Call upstream = new ProviderCalls.Call(circuit, body, call.requestId(), interest, failed);
        return parts.calls()
                .send(upstream)
                .onErrorResume(ProviderFailure.class, failure -> released(reserved, failure))
                .flatMap(answer -> answered(circuit, reserved, answer));
    }

    private Mono<UpstreamAnswer> released(Reserved reserved, ProviderFailure failure) {
        return parts.books().release(call, reserved, CallParts.reason(failure)).then(Mono.error(failure));
    }

    private Mono<Answered> answered(Circuit circuit, Reserved reserved, UpstreamAnswer answer) {
        return answer.body()
                .collect(ByteArrayOutputStream::new, PlainCall::append)
                .map(bytes -> PlainAnswer.read(bytes.toByteArray()))
                .onErrorReturn(Optional.empty())
                .flatMap(read -> read.map(whole -> settled(reserved, answer, whole))
                        .orElseGet(() -> broken(circuit, reserved, answer)));
    }

    private static void append(ByteArrayOutputStream all, byte[] bytes) {
        if (all.size() + bytes.length > LARGEST_ANSWER) {
            throw new IllegalStateException("an answer of more than " + LARGEST_ANSWER + " bytes");
        }
        all.writeBytes(bytes);
    }

    private Mono<Answered> settled(Reserved reserved, UpstreamAnswer answer, PlainAnswer whole) {
        Produced produced = whole.usage() == null ? whole.produced() : new Produced();
        return parts.measure()
                .of(call, reserved, whole.usage(), produced)
                .flatMap(usage -> {
                    Outcome outcome = interest.isLost() ? Outcome.CANCELLED : Outcome.COMPLETED;
                    return settle(reserved, answer, usage, outcome, whole.body().length);
                })
                .map(cost -> new Answered(whole.body(), cost));
    }

    // The provider took the call and may bill it, so what can be measured is settled.
    private Mono<Answered> broken(Circuit circuit, Reserved reserved, UpstreamAnswer answer) {
        circuit.brokeOff();
        return parts.measure()
                .of(call, reserved, null, new Produced())
                .flatMap(usage -> settle(reserved, answer, usage, Outcome.FAILED, 0))
                .then(Mono.error(new PlatformException(
                        ProblemType.UPSTREAM_ERROR,
                        call.route().provider().name() + " broke off its answer. Try again in a moment.")));
    }

    private Mono<Amount> settle(Reserved reserved, UpstreamAnswer answer, Usage usage, Outcome outcome, long bytes) {
        boolean delivered = outcome == Outcome.COMPLETED;
        return parts.books()
                .settle(
                        call,
                        reserved,
                        new Consumption(
                                failed,
                                answer.requestId(),
                                answer.status(),
                                sent,
                                usage,
                                outcome,
                                delivered,
                                null,
                                delivered ? bytes : 0));
    }
}
