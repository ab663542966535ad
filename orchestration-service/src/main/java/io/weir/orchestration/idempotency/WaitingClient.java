package io.weir.orchestration.idempotency;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.util.context.ContextView;

/// A client that is to be answered by work that goes on when it leaves. Safe for use by many threads.
final class WaitingClient {

    private final MonoSink<ServerResponse> sink;

    // Guarded by this object's monitor.
    private boolean left;
    private @Nullable Runnable whenLeft;

    private WaitingClient(MonoSink<ServerResponse> sink) {
        this.sink = sink;
    }

    /// What the client gets of the work, which begins with the subscription and is not cancelled with it.
    static Mono<ServerResponse> of(Consumer<WaitingClient> work) {
        return Mono.create(sink -> {
            WaitingClient client = new WaitingClient(sink);
            sink.onCancel(client::leave);
            work.accept(client);
        });
    }

    ContextView context() {
        return sink.contextView();
    }

    private void leave() {
        Runnable told;
        synchronized (this) {
            left = true;
            told = whenLeft;
        }
        if (told != null) {
            told.run();
        }
    }

    /// Who is told when it leaves, at once where it has.
    void whenLeft(Runnable told) {
        boolean now;
        synchronized (this) {
            whenLeft = told;
            now = left;
        }
        if (now) {
            told.run();
        }
    }

    void answer(ServerResponse answer) {
        sink.success(answer);
    }

    void fail(Throwable failure) {
        if (!hasLeft()) {
            sink.error(failure);
        }
    }

    private synchronized boolean hasLeft() {
        return left;
    }
}
