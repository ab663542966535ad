package io.weir.orchestration.inference;

import io.weir.ledger.Outcome;
import io.weir.money.Amount;
import io.weir.orchestration.budget.Budgets.Reserved;
import io.weir.orchestration.dialect.ChatStream;
import io.weir.orchestration.dialect.ForwardedBody;
import io.weir.orchestration.provider.Circuit;
import io.weir.orchestration.provider.ClientInterest;
import io.weir.orchestration.provider.FailedAttempt;
import io.weir.orchestration.provider.ProviderCalls;
import io.weir.orchestration.provider.ProviderFailure;
import io.weir.orchestration.provider.UpstreamAnswer;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;

/// One call whose answer is streamed. Reads the provider by itself, apart from the client's subscription, so that a
/// client that leaves changes what is sent, never what is settled.
///
/// The client's answer begins with the first event that proves good; a failure before is an answer of its own status.
/// If that takes long, the answer begins with a comment, and a failure is an event. `[DONE]` follows the settlement.
final class StreamCall {

    private static final byte[] NOTHING = {};
    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);

    private final Call call;
    private final CallParts parts;
    private final ChatStream stream;
    private final ClientStream client;
    private final List<FailedAttempt> failed = new CopyOnWriteArrayList<>();
    private final Disposable.Swap asking = Disposables.swap();
    private final Upstream upstream = new Upstream();
    private final ClientInterest interest = new ClientInterest();

    private volatile @Nullable Circuit circuit;

    // Guarded by this object's monitor.
    private @Nullable Reserved reserved;
    private @Nullable UpstreamAnswer answer;
    private boolean ended;
    private long sent;
    private @Nullable Long timeToFirstToken;

    StreamCall(Call call, CallParts parts) {
        this.call = call;
        this.parts = parts;
        this.stream = new ChatStream(call.request().includeUsage());
        this.client = new ClientStream(this::clientGone, upstream::more);
    }

    /// The client's stream, once there is something to say. Cancelling says that the client left.
    Mono<ClientStream> run() {
        return Mono.create(waiting -> {
            parts.open().begin();
            client.begin(waiting);
            start();
        });
    }

    private void start() {
        Circuit entered = parts.calls()
                .circuit(call.route().provider(), call.route().model().model());
        try {
            entered.enter();
        } catch (ProviderFailure shut) {
            finishWith(shut);
            return;
        }
        circuit = entered;
        parts.books()
                .hold(call)
                .doOnError(refused -> entered.leave())
                .contextWrite(context -> context.putAll(call.context()))
                .subscribe(held -> ask(entered, held), this::finishWith);
    }

    private void ask(Circuit entered, Reserved held) {
        byte[] body = ForwardedBody.of(call.request(), call.route().model().model(), held.outputLimit());
        ProviderCalls.Call asked = new ProviderCalls.Call(entered, body, call.requestId(), interest, failed);
        synchronized (this) {
            reserved = held;
            sent = System.nanoTime();
        }
        asking.update(parts.calls().send(asked).subscribe(this::begin, failure -> refused(held, failure)));
    }

    private void refused(Reserved held, Throwable failure) {
        if (!end()) {
            return;
        }
        String reason = interest.isLost() ? "client_gone" : CallParts.reason(failure);
        book(parts.books().release(call, held, reason))
                .subscribe(done -> {}, unbooked -> finishWith(failure), () -> finishWith(failure));
    }

    private void begin(UpstreamAnswer begun) {
        synchronized (this) {
            answer = begun;
        }
        begun.body().subscribe(upstream);
        if (interest.isLost()) {
            upstream.everything();
        }
    }

    /// What was on its way when the client left is still read, for the provider has counted it.
    private void clientGone() {
        synchronized (this) {
            if (interest.isLost() || ended) {
                return;
            }
            interest.withdraw();
        }
        upstream.everything();
        Schedulers.parallel()
                .schedule(this::drained, parts.calls().drainTimeout().toMillis(), TimeUnit.MILLISECONDS);
    }

    private void drained() {
        boolean answered;
        Reserved held;
        synchronized (this) {
            answered = answer != null;
            held = reserved;
        }
        if (answered) {
            upstream.cancel();
            settle(Outcome.CANCELLED);
        } else if (held != null) {
            asking.dispose();
            abandoned(held);
        }
    }

    // Nothing was answered, so nothing is known to have been consumed.
    private void abandoned(Reserved held) {
        if (end()) {
            book(parts.books().release(call, held, "client_gone"))
                    .subscribe(done -> {}, unbooked -> finish(), this::finish);
        }
    }

    private void received(byte[] bytes) {
        byte[] out = read(bytes);
        if (out.length > 0) {
            client.send(out);
        } else {
            upstream.more();
        }
        if (stream.failure() != null) {
            upstream.cancel();
            settle(Outcome.FAILED);
        } else if (stream.isDone()) {
            settle(stream.isWhole() ? Outcome.COMPLETED : Outcome.FAILED);
        }
    }

    // Once the call ended its numbers stand, whatever still comes.
    private synchronized byte[] read(byte[] bytes) {
        byte[] out = ended ? NOTHING : stream.feed(bytes);
        if (out.length > 0 && timeToFirstToken == null) {
            timeToFirstToken = call.elapsedMillis();
        }
        return out;
    }

    private void upstreamEnded() {
        settle(stream.isWhole() && stream.failure() == null ? Outcome.COMPLETED : Outcome.FAILED);
    }

    /// True once: whoever gets it books the call.
    private synchronized boolean end() {
        boolean first = !ended;
        ended = true;
        return first;
    }

    private void settle(Outcome seen) {
        if (!end()) {
            return;
        }
        Outcome outcome = interest.isLost() ? Outcome.CANCELLED : seen;
        Circuit entered = circuit;
        if (outcome == Outcome.FAILED && entered != null) {
            entered.brokeOff();
        }
        book(parts.measure()
                        .of(call, held(), stream.usage(), stream.produced())
                        .flatMap(usage -> settled(usage, outcome)))
                .subscribe(settlement -> finishWith(outcome, settlement), this::finishWith);
    }

    private record Settlement(Usage usage, Amount cost) {}

    private Mono<Settlement> settled(Usage usage, Outcome outcome) {
        UpstreamAnswer begun = answer();
        Consumption consumption = new Consumption(
                failed,
                begun.requestId(),
                begun.status(),
                sent,
                usage,
                outcome,
                client.hasBegun(),
                timeToFirstToken == null ? Long.valueOf(call.elapsedMillis()) : timeToFirstToken,
                client.count());
        return parts.books().settle(call, held(), consumption).map(cost -> new Settlement(usage, cost));
    }

    private synchronized Reserved held() {
        return Objects.requireNonNull(reserved, "held before anything is asked");
    }

    private synchronized UpstreamAnswer answer() {
        return Objects.requireNonNull(answer, "settled only what was answered");
    }

    private <T> Mono<T> book(Mono<T> booking) {
        return booking.contextWrite(context -> context.putAll(call.context()));
    }

    private void finishWith(Outcome outcome, Settlement settlement) {
        switch (outcome) {
            case COMPLETED -> {
                JsonNode counted = usageOf(settlement);
                if (call.request().includeUsage()) {
                    client.send(stream.usageChunk(counted, settlement.cost().toPlainString()));
                }
                client.send(DONE);
                finish();
            }
            case FAILED -> finishWith(brokenOff());
            case CANCELLED, CUT_OFF, RECOVERED -> finish();
        }
    }

    private static JsonNode usageOf(Settlement settlement) {
        JsonNode raw = settlement.usage().raw();
        return raw != null
                ? raw
                : ChatStream.usage(
                        settlement.usage().buckets().input(),
                        settlement.usage().buckets().output());
    }

    private PlatformException brokenOff() {
        String why = stream.failure();
        return new PlatformException(
                ProblemType.UPSTREAM_ERROR,
                call.route().provider().name() + (why == null ? " broke off the answer" : " failed: " + why)
                        + ". Try again in a moment.");
    }

    private void finishWith(Throwable failure) {
        client.fail(failure, call.requestId());
        parts.open().end();
    }

    private void finish() {
        client.complete();
        parts.open().end();
    }

    /// The subscription to the provider's body. Reads ahead of the client by a bounded number of network reads.
    private final class Upstream extends BaseSubscriber<byte[]> {

        private static final int AHEAD = 128;

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            request(AHEAD);
        }

        @Override
        protected void hookOnNext(byte[] bytes) {
            received(bytes);
        }

        @Override
        protected void hookOnComplete() {
            upstreamEnded();
        }

        @Override
        protected void hookOnError(Throwable failure) {
            settle(Outcome.FAILED);
        }

        void more() {
            request(1);
        }

        void everything() {
            requestUnbounded();
        }
    }
}
