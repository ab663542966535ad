package io.weir.ledger;

import io.weir.ledger.journal.WriteAheadFile;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a process that is gone left in its file. Handed out on one thread; the rest is for any.
final class Estate {

    /// Of nobody.
    static final Estate NONE = new Estate("");

    private static final Logger LOG = LoggerFactory.getLogger(Estate.class);

    // More would make the writer's own records wait.
    private static final int MOST_UNDER_WAY = 2_000;

    private final String producer;
    private final Deque<Supplier<PendingRecord>> waiting = new ArrayDeque<>();
    private final AtomicInteger undelivered = new AtomicInteger();
    private final AtomicInteger underWay = new AtomicInteger();

    private Estate(String producer) {
        this.producer = producer;
    }

    /// Takes what is left in the file. What is of no form that is known is set aside.
    ///
    /// @param directory is named after its producer
    /// @param places numbers the records of all estates
    static Estate of(Path directory, WriteAheadFile file, String topic, AtomicLong places, LedgerMeters meters) {
        Estate estate = new Estate(directory.getFileName().toString());
        for (WriteAheadFile.Left left : file.takeLeft()) {
            ProducerRecord<String, byte[]> content = SpooledRecord.read(topic, left.content());
            if (content == null) {
                file.setAside(left.content(), meters.lost::increment);
                file.done(left.entry());
            } else {
                meters.recovered.increment();
                // Its age is not that of the file: it counts from when it is sent.
                estate.waiting.add(() -> new PendingRecord(
                        estate.producer + "'s",
                        content,
                        places.getAndIncrement(),
                        System.nanoTime(),
                        () -> estate.over(file, left.entry())));
            }
        }
        estate.undelivered.set(estate.waiting.size());
        if (!estate.isDelivered()) {
            LOG.info("{} events of {} are delivered from its file", estate.waiting.size(), estate.producer);
        }
        return estate;
    }

    private void over(WriteAheadFile file, WriteAheadFile.Entry entry) {
        file.done(entry);
        underWay.decrementAndGet();
        undelivered.decrementAndGet();
    }

    /// As many as may be under way at once.
    void handOut(Consumer<PendingRecord> taker) {
        while (underWay.get() < MOST_UNDER_WAY && !waiting.isEmpty()) {
            underWay.incrementAndGet();
            taker.accept(waiting.remove().get());
        }
    }

    /// Whether the broker has all of it.
    boolean isDelivered() {
        return undelivered.get() == 0;
    }

    /// What the broker has not.
    int undelivered() {
        return undelivered.get();
    }

    String producer() {
        return producer;
    }
}
