package io.weir.ledger;

import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.journal.WriteAheadFile;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Sinks;

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
    private final Runnable whenOver;
    private final AtomicReference<Answer> answer = new AtomicReference<>(Answer.NONE);
    private volatile boolean over;
    private volatile boolean spooled;

    // Guarded by this object's monitor.
    private @Nullable ProducerRecord<String, byte[]> record;

    // Of the file's thread.
    private WriteAheadFile.@Nullable Entry entry;

    /// What its caller was told.
    ///
    /// @param arrival told what became of it after that; null: the answer was the last one
    private record Answer(Sinks.@Nullable Empty<Void> arrival) {

        static final Answer NONE = new Answer(null);
        static final Answer LAST = new Answer(null);
    }

    /// @param event null: another process left it in its file
    /// @param sequence within this process's partition; negative: it comes before those, in this order
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
        this.whenOver = () -> {};
    }

    /// What another process left.
    ///
    /// @param place negative: among what others left
    PendingRecord(String id, ProducerRecord<String, byte[]> content, long place, long since, Runnable whenOver) {
        this.id = id;
        this.event = null;
        this.partition = content.partition();
        this.sequence = place;
        this.content = () -> content;
        this.caller = null;
        this.since = since;
        this.deadline = since;
        this.whenOver = whenOver;
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

    /// Whether another process left it.
    boolean isInherited() {
        return event == null;
    }

    boolean isHeld() {
        return event instanceof Held;
    }

    /// Whether it asks for a call that has not begun.
    boolean isNewCall() {
        return event instanceof Held held && held.opensCall();
    }

    /// On its way into the file of this process, or there.
    void spooled() {
        spooled = true;
    }

    boolean isSpooled() {
        return spooled;
    }

    void keptAs(WriteAheadFile.@Nullable Entry kept) {
        entry = kept;
    }

    WriteAheadFile.@Nullable Entry entry() {
        return entry;
    }

    /// Once.
    void over() {
        over = true;
        whenOver.run();
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

    /// Its caller can rely on it now.
    void kept() {
        if (answer.compareAndSet(Answer.NONE, Answer.LAST)) {
            if (caller != null) {
                caller.success();
            }
        } else {
            Sinks.Empty<Void> arrival = answer.get().arrival();
            if (arrival != null) {
                arrival.tryEmitEmpty();
            }
        }
    }

    /// Its caller waits no longer. False when the caller has its answer already.
    boolean late() {
        Sinks.Empty<Void> arrival = Sinks.empty();
        boolean first = answer.compareAndSet(Answer.NONE, new Answer(arrival));
        if (first && caller != null) {
            caller.error(new LedgerUnavailableException("the ledger did not acknowledge in time", arrival.asMono()));
        }
        return first;
    }

    /// It will never be kept.
    void lost(LedgerUnavailableException failure) {
        if (answer.compareAndSet(Answer.NONE, Answer.LAST)) {
            if (caller != null) {
                caller.error(failure);
            }
        } else {
            Sinks.Empty<Void> arrival = answer.get().arrival();
            if (arrival != null) {
                arrival.tryEmitError(failure);
            }
        }
    }
}
