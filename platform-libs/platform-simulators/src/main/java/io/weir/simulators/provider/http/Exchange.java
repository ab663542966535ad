package io.weir.simulators.provider.http;

import io.netty.channel.Channel;
import io.weir.simulators.provider.behaviour.Behaviour;
import io.weir.simulators.provider.behaviour.Provider;
import io.weir.simulators.provider.http.StreamScript.Delta;
import io.weir.simulators.provider.ledger.ServedRequest;
import io.weir.simulators.provider.ledger.ServedRequests;
import io.weir.simulators.provider.ledger.TokenCounts;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.SignalType;
import reactor.netty.http.server.HttpServerResponse;

/// One call on its way to one entry in the ledger. A complete answer is entered just before its last bytes are written,
/// so that whoever has read an answer finds it in the ledger; a broken one is entered when it breaks.
public final class Exchange {

    private static final int CLIENT_LEFT = 499;

    private final Provider provider;
    private final String requestId;
    private final HttpServerResponse response;
    private final ServedRequests ledger;
    private final InstantSource clock;
    private final Instant at;
    private final AtomicBoolean entered = new AtomicBoolean();
    private final String clientRequestId;
    private final AtomicLong sentDeltas = new AtomicLong();
    private final AtomicLong sentTokens = new AtomicLong();

    private volatile String model = "";
    private volatile String completionId = "";
    private volatile boolean stream;
    private volatile int status = CLIENT_LEFT;
    private volatile TokenCounts tokens = TokenCounts.NONE;

    Exchange(
            Provider provider,
            String requestId,
            String clientRequestId,
            HttpServerResponse response,
            ServedRequests ledger,
            InstantSource clock) {
        this.provider = provider;
        this.requestId = requestId;
        this.clientRequestId = clientRequestId;
        this.response = response;
        this.ledger = ledger;
        this.clock = clock;
        this.at = clock.instant();
    }

    public String requestId() {
        return requestId;
    }

    public Duration elapsed() {
        return Duration.between(at, clock.instant());
    }

    /// Notes which model the client named.
    public void asksFor(String namedModel, boolean streaming) {
        this.model = namedModel;
        this.stream = streaming;
    }

    /// Notes the id in the body of the answer.
    public void answersAs(String id) {
        this.completionId = id;
    }

    /// Ends after the delay, or never when the client leaves first.
    public Mono<Void> pause(Duration delay) {
        return delay.isZero() ? Mono.empty() : Mono.create(sink -> wakeAfter(delay, sink));
    }

    /// Writes a complete answer.
    public Mono<Void> reply(Reply reply) {
        return Mono.defer(() -> {
            status = reply.status();
            tokens = reply.tokens();
            enter(false, false);
            return reply.writeTo(response);
        });
    }

    /// Writes a stream of server-sent events at the behaviour's pace, with its faults.
    public Mono<Void> stream(StreamScript script, Map<String, String> headers, Behaviour behaviour) {
        return Mono.defer(() -> {
            status = 200;
            tokens = script.tokens();
            response.status(200)
                    .header("content-type", "text/event-stream; charset=utf-8")
                    .header("cache-control", "no-cache");
            headers.forEach(response::header);
            return response.sendHeaders().then().then(new PacedStream(this, channel(), behaviour).play(script));
        });
    }

    /// Enters the call if nothing else has: the client left, or the connection broke.
    public void close(SignalType end) {
        enter(end != SignalType.ON_COMPLETE, false);
    }

    void sent(List<Delta> deltas) {
        sentDeltas.addAndGet(deltas.size());
        sentTokens.addAndGet(deltas.stream().mapToInt(Delta::tokens).sum());
    }

    long sentDeltas() {
        return sentDeltas.get();
    }

    void completed() {
        enter(false, false);
    }

    void cut() {
        enter(false, true);
    }

    private void enter(boolean cancelled, boolean cut) {
        if (entered.compareAndSet(false, true)) {
            ledger.record(new ServedRequest(
                    requestId,
                    clientRequestId,
                    provider.wireName(),
                    completionId,
                    model,
                    status,
                    stream,
                    tokens.plusOut(sentTokens.get()),
                    cancelled,
                    cut,
                    at,
                    elapsed()));
        }
    }

    private void wakeAfter(Duration delay, MonoSink<Void> sink) {
        Future<?> due = channel().eventLoop().schedule(() -> sink.success(), delay.toNanos(), TimeUnit.NANOSECONDS);
        sink.onDispose(() -> due.cancel(false));
    }

    private Channel channel() {
        Channel[] channel = new Channel[1];
        response.withConnection(connection -> channel[0] = connection.channel());
        return channel[0];
    }
}
