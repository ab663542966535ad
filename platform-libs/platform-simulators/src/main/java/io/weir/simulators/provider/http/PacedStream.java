package io.weir.simulators.provider.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.weir.simulators.provider.behaviour.Behaviour;
import io.weir.simulators.provider.http.StreamScript.Delta;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.FutureMono;

/// Writes a script delta by delta. A delta counts once the socket has taken it, so what a client that leaves can have
/// received is never more than what was counted, and never less than it by more than what lies in the socket's buffers.
final class PacedStream {

    // Without a delay between them, so many deltas share a write.
    private static final int UNPACED_BATCH = 16;

    private final Exchange exchange;
    private final Channel channel;
    private final Behaviour behaviour;
    private final long stopAfter;

    PacedStream(Exchange exchange, Channel channel, Behaviour behaviour) {
        this.exchange = exchange;
        this.channel = channel;
        this.behaviour = behaviour;
        this.stopAfter = Math.min(orNever(behaviour.cutAfterChunks()), orNever(behaviour.stallAfterChunks()));
    }

    Mono<Void> play(StreamScript script) {
        int batch = behaviour.chunkDelay().isZero() ? UNPACED_BATCH : 1;
        Flux<List<Delta>> batches = script.deltas().take(stopAfter).buffer(batch);
        return write(script.opening())
                .thenMany(batches.concatMap(this::writePaced, 1))
                .then(Mono.defer(() -> end(script)));
    }

    private Mono<Void> writePaced(List<Delta> deltas) {
        return exchange.pause(behaviour.chunkDelay())
                .then(write(deltas.stream().map(Delta::text).collect(Collectors.joining())))
                .doOnSuccess(written -> exchange.sent(deltas));
    }

    private Mono<Void> end(StreamScript script) {
        if (exchange.sentDeltas() < stopAfter) {
            exchange.completed();
            return write(script.closing());
        }
        return stopAfter == orNever(behaviour.cutAfterChunks()) ? drop() : Mono.never();
    }

    private Mono<Void> drop() {
        exchange.cut();
        return FutureMono.deferFuture(channel::close);
    }

    private Mono<Void> write(String text) {
        return FutureMono.deferFuture(() -> channel.writeAndFlush(
                new DefaultHttpContent(Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8)))));
    }

    private static long orNever(@Nullable Integer chunks) {
        return chunks == null ? Long.MAX_VALUE : chunks;
    }
}
