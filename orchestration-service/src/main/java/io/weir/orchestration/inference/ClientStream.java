package io.weir.orchestration.inference;

import io.weir.orchestration.provider.ProviderFailure;
import io.weir.orchestration.surface.StreamFailure;
import io.weir.problem.ErrorBody;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/// The bytes on their way to one client. Its answer begins with the first bytes, or with a comment when there are
/// none for a while; comments also fill later pauses, so that nothing between us and the client takes the silence for
/// an end.
final class ClientStream {

    private static final Logger LOG = LoggerFactory.getLogger(ClientStream.class);
    private static final byte[] KEEP_ALIVE = ": keep-alive\n\n".getBytes(StandardCharsets.US_ASCII);

    private final Function<StreamFailure, byte[]> frames;
    private final Runnable whenGone;
    private final Runnable whenTaken;
    private final long silenceMillis;
    private final Sinks.Many<byte[]> bytes = Sinks.many().unicast().onBackpressureBuffer();
    private final Disposable.Swap heartbeat = Disposables.swap();

    // Guarded by this object's monitor, which also puts emissions from several threads in order.
    private @Nullable MonoSink<ClientStream> waiting;
    private boolean begun;
    private boolean over;
    private long lastSent = System.nanoTime();
    private long count;

    /// @param frames of a failure, as the client's API has them
    /// @param whenGone told when the client leaves
    /// @param whenTaken told each time the client has taken what was sent
    /// @param silence after which a comment is sent
    ClientStream(Function<StreamFailure, byte[]> frames, Runnable whenGone, Runnable whenTaken, Duration silence) {
        this.frames = frames;
        this.whenGone = whenGone;
        this.whenTaken = whenTaken;
        this.silenceMillis = silence.toMillis();
    }

    void begin(MonoSink<ClientStream> sink) {
        synchronized (this) {
            waiting = sink;
        }
        sink.onCancel(whenGone::run);
        beatAfter(silenceMillis);
    }

    /// What the client is to receive; once.
    Flux<byte[]> bytes() {
        return bytes.asFlux().doOnNext(taken -> whenTaken.run()).doOnCancel(whenGone);
    }

    /// The answer could not be written to its end.
    void abandoned() {
        whenGone.run();
    }

    synchronized boolean hasBegun() {
        return begun;
    }

    /// Bytes sent so far.
    synchronized long count() {
        return count;
    }

    synchronized void send(byte[] frames) {
        if (over) {
            return;
        }
        count += frames.length;
        lastSent = System.nanoTime();
        bytes.tryEmitNext(frames);
        if (!begun) {
            begun = true;
            answer();
        }
    }

    private void answer() {
        MonoSink<ClientStream> sink = waiting;
        if (sink != null) {
            sink.success(this);
        }
    }

    synchronized void complete() {
        if (!over) {
            over = true;
            heartbeat.dispose();
            bytes.tryEmitComplete();
        }
    }

    /// Before the answer began: an answer of its own. After it: an event that tells the error, and nothing more.
    synchronized void fail(Throwable failure, String requestId) {
        if (over) {
            return;
        }
        if (begun) {
            try {
                send(errorEvent(failure, requestId));
            } finally {
                complete();
            }
            return;
        }
        over = true;
        heartbeat.dispose();
        MonoSink<ClientStream> sink = waiting;
        if (sink != null) {
            sink.error(failure);
        }
    }

    private byte[] errorEvent(Throwable failure, String requestId) {
        PlatformException problem = switch (failure) {
            case PlatformException known -> known;
            case ProviderFailure provider -> provider.problem();
            default -> unexpected(failure, requestId);
        };
        StreamFailure told =
                new StreamFailure(problem.type(), String.valueOf(problem.getMessage()), problem.param(), requestId);
        try {
            return frames.apply(told);
        } catch (RuntimeException unwritable) {
            LOG.error("The failure of request {} cannot be told in its own form", requestId, unwritable);
            return plainly(told);
        }
    }

    // By its name and by its member `error`, one of which every client looks for.
    private static byte[] plainly(StreamFailure failure) {
        ByteArrayOutputStream event = new ByteArrayOutputStream();
        event.writeBytes("event: error\ndata: ".getBytes(StandardCharsets.US_ASCII));
        event.writeBytes(
                ErrorBody.openAiBytes(failure.type(), failure.message(), failure.param(), failure.requestId()));
        event.writeBytes("\n\n".getBytes(StandardCharsets.US_ASCII));
        return event.toByteArray();
    }

    private static PlatformException unexpected(Throwable failure, String requestId) {
        LOG.error("Request {} failed unexpectedly in mid-stream", requestId, failure);
        return new PlatformException(
                ProblemType.INTERNAL_ERROR,
                "Something went wrong on our side. Try again, and report the request id if it stays.");
    }

    private void beatAfter(long millis) {
        heartbeat.update(Schedulers.parallel().schedule(this::beat, millis, TimeUnit.MILLISECONDS));
    }

    private synchronized void beat() {
        if (over) {
            return;
        }
        long silent = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lastSent);
        if (silent >= silenceMillis) {
            send(KEEP_ALIVE);
            silent = 0;
        }
        beatAfter(silenceMillis - silent);
    }
}
