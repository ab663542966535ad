package io.weir.ledger;

import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.OfRequest;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.MonoSink;

/// One event on its way into the ledger.
final class PendingRecord {

    /// From waiting over queued to sent, and back to waiting when the broker client did not take it; then over.
    enum State {
        WAITING,
        QUEUED,
        SENT,
        OVER
    }

    private final String id;
    private final UsageEvent event;
    private final Instant time;
    private final Consumer<Headers> stamp;
    private final @Nullable Integer partition;
    private final @Nullable MonoSink<Void> caller;
    private final long since;
    private final long deadline;
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);

    private final AtomicBoolean answered = new AtomicBoolean();

    /// @param partition null: by tenant
    /// @param caller who waits for the acknowledgement; null: nobody
    /// @param since by [System#nanoTime]
    /// @param deadline by [System#nanoTime]; the caller is then told that it took too long
    PendingRecord(
            String id,
            UsageEvent event,
            Instant time,
            Consumer<Headers> stamp,
            @Nullable Integer partition,
            @Nullable MonoSink<Void> caller,
            long since,
            long deadline) {
        this.id = id;
        this.event = event;
        this.time = time;
        this.stamp = stamp;
        this.partition = partition;
        this.caller = caller;
        this.since = since;
        this.deadline = deadline;
    }

    String id() {
        return id;
    }

    UsageEvent event() {
        return event;
    }

    Instant time() {
        return time;
    }

    Consumer<Headers> stamp() {
        return stamp;
    }

    @Nullable
    Integer partition() {
        return partition;
    }

    boolean isHeld() {
        return event instanceof Held;
    }

    @Nullable
    OfRequest request() {
        return event instanceof OfRequest ofRequest ? ofRequest : null;
    }

    boolean move(State from, State to) {
        return state.compareAndSet(from, to);
    }

    void over() {
        state.set(State.OVER);
    }

    boolean isOver() {
        return state.get() == State.OVER;
    }

    long age(long now) {
        return now - since;
    }

    boolean isLate(long now) {
        return now - deadline >= 0;
    }

    /// False when the caller was told before that it took too long.
    boolean acknowledged() {
        boolean inTime = answered.compareAndSet(false, true);
        if (inTime && caller != null) {
            caller.success();
        }
        return inTime;
    }

    /// False when the caller has its answer already.
    boolean failed(LedgerUnavailableException failure) {
        boolean first = answered.compareAndSet(false, true);
        if (first && caller != null) {
            caller.error(failure);
        }
        return first;
    }
}
