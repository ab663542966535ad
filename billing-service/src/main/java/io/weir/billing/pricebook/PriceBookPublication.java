package io.weir.billing.pricebook;

import io.weir.snapshots.SnapshotPublisher;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import java.time.Duration;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/// Approves the book of the file at each start and publishes it, trying until the database and the broker have it.
/// An unchanged book keeps its version, so that a restart changes nothing for readers.
final class PriceBookPublication implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(PriceBookPublication.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final PriceBookSnapshot book;
    private final R2dbcPriceBooks books;
    private final SnapshotPublisher publisher;
    private final InstantSource clock;
    private volatile Disposable publication = Disposables.disposed();
    private volatile boolean running;

    PriceBookPublication(
            PriceBookSnapshot book, R2dbcPriceBooks books, SnapshotPublisher publisher, InstantSource clock) {
        this.book = book;
        this.books = books;
        this.publisher = publisher;
        this.clock = clock;
    }

    // After the database, beside the readers of snapshots.
    @Override
    public int getPhase() {
        return Integer.MIN_VALUE + 1500;
    }

    @Override
    public void start() {
        running = true;
        publication = publish()
                .retryWhen(Retry.backoff(Long.MAX_VALUE, FIRST_PAUSE)
                        .maxBackoff(LONGEST_PAUSE)
                        .doBeforeRetry(
                                failed -> LOG.warn("Price book not published yet, trying again", failed.failure())))
                .subscribe(published -> LOG.info(
                        "Published price book {} version {}: {} models, {} rules",
                        published.id(),
                        published.version(),
                        published.models().size(),
                        published.rules().size()));
    }

    private Mono<PriceBookSnapshot> publish() {
        return Mono.defer(() -> books.approve(book, clock.instant()))
                .delayUntil(approved ->
                        publisher.publish(SnapshotTopic.PRICE_BOOKS, approved.id(), approved.version(), approved));
    }

    @Override
    public void stop() {
        running = false;
        publication.dispose();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
