package io.weir.orchestration.file;

import io.weir.audit.UuidV7;
import io.weir.orchestration.file.FileStore.Written;
import io.weir.orchestration.file.StoredFile.Purpose;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantScope;
import java.nio.file.NoSuchFileException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// The files of tenants. A file has its row before its first byte and after its last, so that a crash
/// leaves nothing that is not known. Safe for use by many threads.
public final class StoredFiles {

    private static final Logger LOG = LoggerFactory.getLogger(StoredFiles.class);
    private static final int LONGEST_NAME = 255;

    private final R2dbcFiles rows;
    private final FileStore store;
    private final FilesProperties limits;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    StoredFiles(R2dbcFiles rows, FileStore store, FilesProperties limits, InstantSource clock) {
        this.rows = rows;
        this.store = store;
        this.limits = limits;
        this.clock = clock;
    }

    /// An id that no other file has. Later ones sort after earlier ones.
    public FileId newId() {
        return new FileId(UuidV7.next(clock.instant(), random));
    }

    /// Takes an upload as it comes. It is there once [#accept] says so; if it never does, [#abandon]
    /// must follow.
    Mono<Written> receive(TenantContext tenant, FileId file, String filename, Flux<DataBuffer> content) {
        return rows.begin(tenant.id(), file, Purpose.BATCH, named(filename))
                .then(store.write(tenant.id(), file, content, limits.maxBytes().toBytes()))
                .contextWrite(TenantScope.entering(tenant));
    }

    /// Fails with a 413 where the tenant has too much.
    Mono<StoredFile> accept(TenantContext tenant, FileId file, Written written) {
        return rows.end(tenant.id(), file, written, limits.tenantBytes().toBytes())
                .contextWrite(TenantScope.entering(tenant));
    }

    /// Deletes what was received of an upload that came to nothing.
    Mono<Void> abandon(TenantContext tenant, FileId file) {
        return rows.giveUp(tenant.id(), file)
                .then(cleared(tenant, file))
                .contextWrite(TenantScope.entering(tenant))
                .doOnError(later -> LOG.info("What is left of {} is cleared later: {}", file, later.toString()))
                .onErrorComplete();
    }

    /// Keeps what a batch answers with, of whatever size. Writing it again replaces it, until it is
    /// there for good.
    public Mono<StoredFile> keep(TenantContext tenant, FileId file, String filename, Flux<DataBuffer> content) {
        return rows.find(tenant.id(), file)
                .switchIfEmpty(Mono.defer(() -> rows.begin(tenant.id(), file, Purpose.BATCH_OUTPUT, filename)
                        .then(store.write(tenant.id(), file, content, Long.MAX_VALUE))
                        .flatMap(written -> rows.end(tenant.id(), file, written, Long.MAX_VALUE))))
                .contextWrite(TenantScope.entering(tenant));
    }

    /// Empty where the tenant has no such file.
    public Mono<StoredFile> find(TenantContext tenant, FileId file) {
        return rows.find(tenant.id(), file).contextWrite(TenantScope.entering(tenant));
    }

    Mono<List<StoredFile>> list(
            TenantContext tenant, @Nullable String purpose, @Nullable FileId after, boolean oldestFirst, int limit) {
        return rows.list(tenant.id(), purpose, after, oldestFirst, limit).contextWrite(TenantScope.entering(tenant));
    }

    /// Its bytes from one position to before another. Whoever takes the buffers releases them.
    public Flux<DataBuffer> read(TenantId tenant, FileId file, long from, long to) {
        return store.read(tenant, file, from, to).onErrorMap(NoSuchFileException.class, away -> {
            LOG.error("{} of tenant {} has no content in this instance's directory", file, tenant);
            return new PlatformException(
                    ProblemType.SERVICE_UNAVAILABLE, "The file's content cannot be read at present.", away);
        });
    }

    /// False where the tenant has no such file. Fails with a 409 while a batch reads it.
    Mono<Boolean> remove(TenantContext tenant, FileId file) {
        return rows.remove(tenant.id(), file)
                .flatMap(removed -> removed
                        ? cleared(tenant, file)
                                .onErrorComplete() // Later then.
                                .thenReturn(true)
                        : Mono.just(false))
                .contextWrite(TenantScope.entering(tenant));
    }

    private Mono<Void> cleared(TenantContext tenant, FileId file) {
        return store.delete(tenant.id(), file).then(Mono.defer(() -> rows.gone(tenant.id(), file)));
    }

    // It is text to be shown, and nothing else.
    private static String named(String filename) {
        StringBuilder shown = new StringBuilder();
        filename.codePoints()
                .limit(LONGEST_NAME)
                .forEach(c -> shown.appendCodePoint(
                        Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE ? '_' : c));
        return shown.toString();
    }
}
