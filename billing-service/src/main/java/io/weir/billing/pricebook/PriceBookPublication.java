package io.weir.billing.pricebook;

import io.weir.snapshots.catalog.PriceBookSnapshot;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/// Takes in the book of the file at each start and publishes those in force, trying until the database and the
/// broker have them. An unchanged file changes nothing, so that a restart is nothing to readers and keeps what
/// was imported.
final class PriceBookPublication implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(PriceBookPublication.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final PriceBookSnapshot book;
    private final PriceBooks books;
    private volatile Disposable publication = Disposables.disposed();
    private volatile boolean running;

    PriceBookPublication(PriceBookSnapshot book, PriceBooks books) {
        this.book = book;
        this.books = books;
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
                .subscribe(published -> published.forEach(one -> LOG.info(
                        "Published price book {} version {}: {} models, {} rules",
                        one.id(),
                        one.version(),
                        one.models().size(),
                        one.rules().size())));
    }

    private Mono<List<PriceBookSnapshot>> publish() {
        return Mono.defer(() -> books.adopt(book)).delayUntil(books::publish);
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
