package io.weir.simulators.stripe;

import io.weir.simulators.stripe.books.Books;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Keeps customers, invoices and items over a restart: written within a second of a change, and at the end. A kill may
/// lose the last second. Events, deliveries, idempotency keys and endpoints are not in it.
final class StateFile implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StateFile.class);
    private static final Duration EVERY = Duration.ofSeconds(1);

    private final Path file;
    private final Books books;
    private final Scheduler writer = Schedulers.newSingle("state-file", true);
    private long writtenVersion;

    private StateFile(Path file, Books books) {
        this.file = file;
        this.books = books;
    }

    /// Fills the books from the file, if there is one, and keeps the file from then on.
    /// Throws [IllegalArgumentException] when it cannot be read.
    static StateFile open(Path file, Books books) {
        StateFile kept = new StateFile(file.toAbsolutePath(), books);
        kept.read();
        kept.writer.schedulePeriodically(
                kept::writeIfChanged, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
        return kept;
    }

    @Override
    public void close() {
        writer.dispose();
        writeIfChanged();
    }

    private void read() {
        if (!Files.exists(file)) {
            return;
        }
        try {
            JsonNode kept = JsonMapper.shared().readTree(Files.readString(file));
            books.alone(() -> {
                books.restore(kept);
                return kept;
            });
        } catch (IOException | JacksonException unreadable) {
            throw new IllegalArgumentException(
                    "--state-file: " + file + " cannot be read. Delete it to begin with nothing.", unreadable);
        }
    }

    private synchronized void writeIfChanged() {
        long version = books.alone(books::version);
        if (version == writtenVersion) {
            return;
        }
        String text = books.alone(() -> books.snapshot().toString());
        try {
            Path fresh = Files.createTempFile(file.getParent(), "stripe-simulator", ".tmp");
            Files.writeString(fresh, text);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            writtenVersion = version;
        } catch (IOException failed) {
            LOG.error("The state cannot be kept in {}", file, new UncheckedIOException(failed));
        }
    }
}
