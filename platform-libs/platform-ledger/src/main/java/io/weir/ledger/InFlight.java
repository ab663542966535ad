package io.weir.ledger;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/// What the broker has not acknowledged yet, in the order in which it was taken. Safe for use by many threads.
final class InFlight {

    // So that the first one not over is the oldest.
    private final Queue<PendingRecord> records = new ConcurrentLinkedQueue<>();

    void add(PendingRecord pending) {
        records.add(pending);
    }

    boolean isEmpty() {
        dropOver();
        return records.isEmpty();
    }

    void forEach(Consumer<PendingRecord> action) {
        records.forEach(action);
    }

    void dropOver() {
        PendingRecord head = records.peek();
        while (head != null && head.isOver()) {
            records.remove(head);
            head = records.peek();
        }
    }

    /// Where one partition is stuck, also what others acknowledged since; slow.
    void dropAllOver() {
        records.removeIf(PendingRecord::isOver);
    }

    int count() {
        return records.size();
    }

    /// In nanoseconds.
    long oldestAge(long now) {
        PendingRecord head = records.peek();
        return head == null || head.isOver() ? 0 : head.age(now);
    }
}
