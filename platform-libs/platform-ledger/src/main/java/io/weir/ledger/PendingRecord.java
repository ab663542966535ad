package io.weir.ledger;

import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.journal.WriteAheadFile;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.MonoSink;

/// One numbered record on its way into the ledger.
final class PendingRecord {

    private final String id;
    private final @Nullable UsageEvent event;
    private final int partition;
    private final long sequence;
    private final Supplier<ProducerRecord<String, byte[]>> content;
    private final @Nullable MonoSink<Void> caller;
    private final long since;
    private final long deadline;
    private final AtomicBoolean answered = new AtomicBoolean();
    private volatile boolean over;

    // Guarded by this object's monitor.
    private @Nullable ProducerRecord<String, byte[]> record;

    // Guarded by the writer's order.
    private WriteAheadFile.@Nullable Entry entry;

    /// @param event null: a process before this one left it in its file
    /// @param sequence within this process's partition; -1: of a process before this one
    /// @param content called once
    /// @param caller who waits until it is kept; null: nobody
    /// @param since by [System#nanoTime]
    /// @param deadline by [System#nanoTime]; the caller is then told that it took too long
    PendingRecord(
            String id,
            @Nullable UsageEvent event,
            int partition,
            long sequence,
            Supplier<ProducerRecord<String, byte[]>> content,
            @Nullable MonoSink<Void> caller,
            long since,
            long deadline) {
        this.id = id;
        this.event = event;
        this.partition = partition;
        this.sequence = sequence;
        this.content = content;
        this.caller = caller;
        this.since = since;
        this.deadline = deadline;
    }

    String id() {
        return id;
    }

    @Nullable
    UsageEvent event() {
        return event;
    }

    /// Made once, when it is first asked for: not on the thread of the caller.
    synchronized ProducerRecord<String, byte[]> record() {
        ProducerRecord<String, byte[]> made = record;
        if (made == null) {
            made = content.get();
            record = made;
        }
        return made;
    }

    int partition() {
        return partition;
    }

    long sequence() {
        return sequence;
    }

    boolean isHeld() {
        return event instanceof Held;
    }

    /// Whether it asks for a call that has not begun.
    boolean isNewCall() {
        return event instanceof Held held && held.opensCall();
    }

    void keptAs(WriteAheadFile.Entry kept) {
        entry = kept;
    }

    WriteAheadFile.@Nullable Entry entry() {
        return entry;
    }

    void over() {
        over = true;
    }

    boolean isOver() {
        return over;
    }

    long age(long now) {
        return now - since;
    }

    boolean isLate(long now) {
        return caller != null && now - deadline >= 0;
    }

    /// Its caller can rely on it now. False when the caller has its answer already.
    boolean kept() {
        boolean first = answered.compareAndSet(false, true);
        if (first && caller != null) {
            caller.success();
        }
        return first;
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
