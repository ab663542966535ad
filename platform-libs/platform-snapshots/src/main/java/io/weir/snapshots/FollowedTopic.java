package io.weir.snapshots;

import io.weir.security.TrustedKeys;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/// A topic that is read: its table, and the table's copy on disk. For the reader's thread alone.
final class FollowedTopic<T> {

    private static final long NOTHING_REFUSED = -1;

    private final SnapshotTable<T> table;
    private final LastGoodCopy copy;
    private final TopicPartition partition;
    private final TrustedKeys keys;
    private boolean copied;
    private boolean changed;
    private long readyAt = -1;
    // Which keys were trusted when the first record was refused that has not been read again since.
    private long refusedUnder = NOTHING_REFUSED;

    FollowedTopic(SnapshotTable<T> table, LastGoodCopy copy, TopicPartition partition, TrustedKeys keys) {
        this.table = table;
        this.copy = copy;
        this.partition = partition;
        this.keys = keys;
    }

    SnapshotTable<T> table() {
        return table;
    }

    TopicPartition partition() {
        return partition;
    }

    /// Whether there is a copy.
    boolean isCopied() {
        return copied;
    }

    /// Whoever has read so far has read all that there was when the reading began.
    void readyAt(long offset) {
        readyAt = offset;
    }

    long readyAt() {
        return readyAt;
    }

    /// Applies the copy's records.
    void loadCopy() {
        copied |= noting(() -> copy.loadInto(table));
    }

    void apply(ConsumerRecord<String, byte[]> received) {
        changed |= noting(() -> {
            try {
                return table.apply(SignedRecord.of(received));
            } catch (IllegalArgumentException unsigned) {
                table.refuse(received.key(), String.valueOf(unsigned.getMessage()));
                return false;
            }
        });
    }

    private boolean noting(Application records) {
        long trusted = keys.changes();
        long before = table.refused();
        boolean did = records.apply();
        if (table.refused() > before && refusedUnder == NOTHING_REFUSED) {
            refusedUnder = trusted;
        }
        return did;
    }

    private interface Application {
        boolean apply();
    }

    /// Whether records were refused that other keys, which are trusted since, may have signed. Says so once.
    boolean isToBeReadAgain() {
        if (refusedUnder == NOTHING_REFUSED || refusedUnder == keys.changes()) {
            return false;
        }
        refusedUnder = NOTHING_REFUSED;
        return true;
    }

    /// The table holds all that the topic held.
    void markReady() {
        table.markReady();
        // Also of an empty topic: that there is nothing is worth knowing while the broker is away.
        changed |= !copied;
    }

    void saveIfChanged() {
        if (changed) {
            changed = false;
            copy.save(table.signedRecords());
        }
    }
}
