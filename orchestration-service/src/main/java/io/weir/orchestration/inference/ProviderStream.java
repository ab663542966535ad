package io.weir.orchestration.inference;

import io.weir.orchestration.dialect.ChatStream;
import io.weir.orchestration.inference.Tries.Begun;
import io.weir.orchestration.provider.UnreadAnswer;
import io.weir.orchestration.surface.SurfaceStream;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/// The subscription to one provider's body. Reads ahead of the client by a bounded number of network reads.
final class ProviderStream extends BaseSubscriber<byte[]> {

    private static final int AHEAD = 128;

    private final Begun begun;
    private final ChatStream chat;
    private final SurfaceStream frames;
    private final OutputWatch output;
    private final BiConsumer<ProviderStream, byte[]> whenRead;
    private final Consumer<ProviderStream> whenEnded;
    private final Consumer<ProviderStream> whenBroken;
    private volatile boolean unread;
    private volatile @Nullable RuntimeException fault;

    /// @param whenEnded told when the provider ends its stream, whole or not
    /// @param whenBroken told when the connection breaks
    ProviderStream(
            Begun begun,
            ChatStream chat,
            SurfaceStream frames,
            OutputWatch output,
            BiConsumer<ProviderStream, byte[]> whenRead,
            Consumer<ProviderStream> whenEnded,
            Consumer<ProviderStream> whenBroken) {
        this.begun = begun;
        this.chat = chat;
        this.frames = frames;
        this.output = output;
        this.whenRead = whenRead;
        this.whenEnded = whenEnded;
        this.whenBroken = whenBroken;
    }

    Begun begun() {
        return begun;
    }

    ChatStream chat() {
        return chat;
    }

    /// Under the monitor that guards the chat.
    SurfaceStream frames() {
        return frames;
    }

    /// Under the monitor that guards the chat.
    OutputWatch output() {
        return output;
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        request(AHEAD);
    }

    @Override
    protected void hookOnNext(byte[] bytes) {
        whenRead.accept(this, bytes);
    }

    @Override
    protected void hookOnComplete() {
        whenEnded.accept(this);
    }

    @Override
    protected void hookOnError(Throwable failure) {
        unread = failure instanceof UnreadAnswer;
        whenBroken.accept(this);
    }

    /// It ended because its client took nothing for too long.
    boolean isUnread() {
        return unread;
    }

    /// The call fails by it, and the provider is not to blame. The first one counts.
    void ends(RuntimeException defect) {
        if (fault == null) {
            fault = defect;
        }
    }

    /// Null: nothing of the kind.
    @Nullable
    RuntimeException fault() {
        return fault;
    }

    void more() {
        request(1);
    }

    void everything() {
        requestUnbounded();
    }
}
