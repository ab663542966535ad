package io.weir.gateway.ending;

import io.weir.problem.ErrorBody;
import io.weir.problem.PlatformException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// An answer that, where it is an event stream, can be ended in mid-stream with an event that says why, in the shape
/// that the path calls for. Any other answer cannot: it has a length, or its reader would take it for whole.
public final class StreamEnding extends ServerHttpResponseDecorator {

    private final String path;
    private final String requestId;
    private final Sinks.Empty<Void> cut = Sinks.empty();
    private volatile @Nullable PlatformException reason;
    private volatile boolean streaming;

    public StreamEnding(ServerHttpResponse response, String path, String requestId) {
        super(response);
        this.path = path;
        this.requestId = requestId;
    }

    /// Has the stream end with the reason as its last event. False where it is no stream or has not begun.
    public boolean end(PlatformException why) {
        if (!streaming) {
            return false;
        }
        reason = why;
        cut.tryEmitEmpty();
        return true;
    }

    /// Why it was ended; null where it was not.
    public @Nullable PlatformException reason() {
        return reason;
    }

    @Override
    public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
        MediaType type = getHeaders().getContentType();
        if (type == null || !MediaType.TEXT_EVENT_STREAM.isCompatibleWith(type)) {
            return super.writeAndFlushWith(body);
        }
        Flux<Publisher<? extends DataBuffer>> parts = Flux.from(body);
        return super.writeAndFlushWith(parts.doOnSubscribe(subscribed -> streaming = true)
                .takeUntilOther(cut.asMono())
                .concatWith(Flux.defer(this::last)));
    }

    private Flux<Publisher<? extends DataBuffer>> last() {
        PlatformException why = reason;
        return why == null ? Flux.empty() : Flux.just(Mono.fromSupplier(() -> event(why)));
    }

    // The blank line ends an event that was cut in the middle.
    private DataBuffer event(PlatformException why) {
        String json = new String(ErrorBody.forPath(path, why, requestId).bytes(), StandardCharsets.UTF_8);
        String name = path.startsWith("/v1/") ? "" : "event: error\n";
        return bufferFactory().wrap(("\n\n" + name + "data: " + json + "\n\n").getBytes(StandardCharsets.UTF_8));
    }
}
