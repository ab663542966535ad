package io.weir.orchestration.file;

import io.r2dbc.spi.Readable;
import io.weir.orchestration.file.FileStore.Written;
import io.weir.orchestration.file.StoredFile.Purpose;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.Column;
import io.weir.r2dbc.TenantTransaction;
import io.weir.tenancy.TenantId;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/// Files' metadata in PostgreSQL, of the tenant in the Reactor context.
final class R2dbcFiles {

    private static final String COLUMNS = "file_id, purpose, filename, bytes, sha256, created_at";
    private static final String BEGIN = """
            INSERT INTO stored_file (tenant_id, file_id, purpose, filename) VALUES (:tenant, :file, :purpose, :filename)
            ON CONFLICT (tenant_id, file_id) DO NOTHING
            """;
    // One upload of a tenant after the other, so that two together do not pass its limit.
    private static final String TURN =
            "SELECT 1 AS turn FROM (SELECT pg_advisory_xact_lock(hashtextextended('stored_file' || :tenant, 0))) AS held";
    private static final String TOTAL = """
            SELECT coalesce(sum(bytes), 0)::bigint FROM stored_file
            WHERE tenant_id = :tenant AND status = 'stored' AND purpose = 'batch'
            """;
    private static final String END = """
            UPDATE stored_file SET status = 'stored', bytes = :bytes, sha256 = :sha, changed_at = now()
            WHERE tenant_id = :tenant AND file_id = :file AND status = 'writing' RETURNING\s""" + COLUMNS;
    private static final String FIND = "SELECT " + COLUMNS
            + " FROM stored_file WHERE tenant_id = :tenant AND file_id = :file AND status = 'stored'";
    private static final String NEWEST_FIRST = "SELECT " + COLUMNS + " FROM stored_file WHERE tenant_id = :tenant"
            + " AND status = 'stored' AND (CAST(:purpose AS text) IS NULL OR purpose = :purpose)"
            + " AND (CAST(:after AS uuid) IS NULL OR file_id < :after) ORDER BY file_id DESC LIMIT :limit";
    private static final String OLDEST_FIRST = "SELECT " + COLUMNS + " FROM stored_file WHERE tenant_id = :tenant"
            + " AND status = 'stored' AND (CAST(:purpose AS text) IS NULL OR purpose = :purpose)"
            + " AND (CAST(:after AS uuid) IS NULL OR file_id > :after) ORDER BY file_id LIMIT :limit";
    private static final String IN_USE = """
            SELECT EXISTS (SELECT 1 FROM batch WHERE tenant_id = :tenant AND input_file_id = :file
                AND status IN ('validating', 'in_progress', 'finalizing', 'cancelling'))
            """;
    private static final String GIVE_UP = """
            UPDATE stored_file SET status = 'deleting', changed_at = now() WHERE tenant_id = :tenant AND file_id = :file
            """;
    private static final String GONE =
            "DELETE FROM stored_file WHERE tenant_id = :tenant AND file_id = :file AND status = 'deleting'";

    private final TenantTransaction transaction;

    R2dbcFiles(TenantTransaction transaction) {
        this.transaction = transaction;
    }

    /// Before the first byte. Repeating it changes nothing.
    Mono<Void> begin(TenantId tenant, FileId file, Purpose purpose, String filename) {
        return transaction.in(client -> of(client, BEGIN, tenant, file)
                .bind("purpose", purpose.wireName())
                .bind("filename", filename)
                .fetch()
                .rowsUpdated()
                .then());
    }

    /// After the last one: from now on it is there. Fails with a 413 where the tenant would have more
    /// than that; empty where somebody gave it up.
    ///
    /// @param most of what the tenant uploaded, with this one
    Mono<StoredFile> end(TenantId tenant, FileId file, Written written, long most) {
        return transaction.in(client -> client.sql(TURN)
                .bind("tenant", tenant.toString())
                .fetch()
                .one()
                .then(client.sql(TOTAL)
                        .bind("tenant", tenant.value())
                        .map(row -> Column.first(row, Long.class))
                        .one())
                .doOnNext(total -> demandRoom(total, written.bytes(), most))
                .then(stored(client, tenant, file, written)));
    }

    private static void demandRoom(long total, long more, long most) {
        if (total + more > most) {
            throw new PlatformException(
                    ProblemType.REQUEST_TOO_LARGE,
                    "This tenant's files would have " + (total + more) + " bytes, and may have " + most
                            + ". Delete files that are no longer needed with DELETE /v1/files/{id}.");
        }
    }

    private static Mono<StoredFile> stored(DatabaseClient client, TenantId tenant, FileId file, Written written) {
        return of(client, END, tenant, file)
                .bind("bytes", written.bytes())
                .bind("sha", written.sha256())
                .map(R2dbcFiles::file)
                .one();
    }

    Mono<StoredFile> find(TenantId tenant, FileId file) {
        return transaction.in(
                client -> of(client, FIND, tenant, file).map(R2dbcFiles::file).one());
    }

    Mono<List<StoredFile>> list(
            TenantId tenant, @Nullable String purpose, @Nullable FileId after, boolean oldestFirst, int limit) {
        return transaction.in(client -> client.sql(oldestFirst ? OLDEST_FIRST : NEWEST_FIRST)
                .bind("tenant", tenant.value())
                .bind("purpose", Column.parameter(purpose, String.class))
                .bind("after", Column.parameter(after == null ? null : after.value(), UUID.class))
                .bind("limit", limit)
                .map(R2dbcFiles::file)
                .all()
                .collectList());
    }

    /// From now on it is not there for anybody. Fails with a 409 while a batch reads it; false where it
    /// was not there.
    Mono<Boolean> remove(TenantId tenant, FileId file) {
        return transaction.in(client -> of(client, IN_USE, tenant, file)
                .map(row -> Column.first(row, Boolean.class))
                .one()
                .doOnNext(used -> {
                    if (used) {
                        throw new PlatformException(
                                ProblemType.CONFLICT,
                                "A batch reads this file. Wait for it to end, or cancel it, and then delete the file.");
                    }
                })
                .then(of(client, FIND, tenant, file).map(R2dbcFiles::file).one())
                .flatMap(found -> of(client, GIVE_UP, tenant, file).fetch().rowsUpdated())
                .map(rows -> rows > 0)
                .defaultIfEmpty(false));
    }

    /// As [#remove], of what was not finished.
    Mono<Void> giveUp(TenantId tenant, FileId file) {
        return transaction.in(client ->
                of(client, GIVE_UP, tenant, file).fetch().rowsUpdated().then());
    }

    /// After its bytes.
    Mono<Void> gone(TenantId tenant, FileId file) {
        return transaction.in(
                client -> of(client, GONE, tenant, file).fetch().rowsUpdated().then());
    }

    private static DatabaseClient.GenericExecuteSpec of(
            DatabaseClient client, String statement, TenantId tenant, FileId file) {
        return client.sql(statement).bind("tenant", tenant.value()).bind("file", file.value());
    }

    private static StoredFile file(Readable row) {
        return new StoredFile(
                new FileId(Column.of(row, "file_id", UUID.class)),
                Purpose.of(Column.of(row, "purpose", String.class)),
                Column.of(row, "filename", String.class),
                Column.of(row, "bytes", Long.class),
                Column.of(row, "sha256", String.class),
                Column.of(row, "created_at", OffsetDateTime.class).toInstant());
    }
}
