package io.weir.analytics.stream;

import reactor.core.publisher.MonoSink;

/// Somebody who waits for an answer of the tail, until it comes or they leave.
final class Waiting<T> {

    private final MonoSink<T> sink;
    private volatile boolean over;

    Waiting(MonoSink<T> sink) {
        this.sink = sink;
        sink.onDispose(() -> over = true);
    }

    /// Whether there was an answer, or nobody waits for it any more.
    boolean isOver() {
        return over;
    }

    void answer(T value) {
        sink.success(value);
    }

    /// Ends it without a value: to be asked anew.
    void answerNothing() {
        sink.success();
    }

    void fail(Throwable failure) {
        sink.error(failure);
    }
}
