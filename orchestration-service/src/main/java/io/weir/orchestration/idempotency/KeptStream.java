package io.weir.orchestration.idempotency;

import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SignalType;
import reactor.core.publisher.Sinks;

/// A stream on its way to a client, which is kept as well. It comes as fast as the client takes it; when the client
/// leaves it goes on by itself, unless it is too long to be kept, for then nobody will ever read it.
final class KeptStream extends BaseSubscriber<byte[]> {

    private final int largest;
    private final Consumer<KeptStream> whenOver;
    private final Sinks.Many<byte[]> client = Sinks.many().unicast().onBackpressureBuffer();

    // Guarded by this object's monitor.
    private @Nullable ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private boolean alone;
    private @Nullable Throwable failure;
    private boolean over;

    /// @param whenOver told once, when nothing more comes; [#end] must follow
    KeptStream(int largest, Consumer<KeptStream> whenOver) {
        this.largest = largest;
        this.whenOver = whenOver;
    }

    /// For the client, once; to be read after this object was subscribed.
    Flux<byte[]> forClient() {
        return client.asFlux().doOnRequest(this::request).doOnCancel(this::goOnAlone);
    }

    /// The client left, or cannot be written to.
    void goOnAlone() {
        boolean pointless;
        synchronized (this) {
            alone = true;
            pointless = kept == null;
        }
        if (pointless) {
            cancel();
        } else {
            requestUnbounded();
        }
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        // Asked for as the client takes it.
    }

    @Override
    protected void hookOnNext(byte[] bytes) {
        if (isPointlessAfter(bytes)) {
            cancel();
        } else {
            client.tryEmitNext(bytes);
        }
    }

    private synchronized boolean isPointlessAfter(byte[] bytes) {
        ByteArrayOutputStream keeping = kept;
        if (keeping != null && keeping.size() + bytes.length > largest) {
            kept = null;
        } else if (keeping != null) {
            keeping.writeBytes(bytes);
        }
        return alone && kept == null;
    }

    @Override
    protected synchronized void hookOnError(Throwable broken) {
        failure = broken;
    }

    @Override
    protected void hookFinally(SignalType end) {
        boolean first;
        synchronized (this) {
            first = !over;
            over = true;
        }
        if (first) {
            whenOver.accept(this);
        }
    }

    /// All that came; null where that is too much.
    synchronized byte @Nullable [] bytes() {
        ByteArrayOutputStream all = kept;
        return all == null ? null : all.toByteArray();
    }

    synchronized boolean isBroken() {
        return failure != null;
    }

    /// Ends the client's stream as this one ended.
    void end() {
        Throwable broken;
        synchronized (this) {
            broken = failure;
        }
        if (broken == null) {
            client.tryEmitComplete();
        } else {
            client.tryEmitError(broken);
        }
    }
}
