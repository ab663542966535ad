package io.weir.tenant.lifecycle;

import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.r2dbc.TenantTransaction;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantScope;
import io.weir.tenant.directory.Tenant;
import io.weir.tenant.directory.TenantDirectory;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// Writes the archive of a tenant: a ZIP with a file per table, one JSON object a line, without what verifies keys.
/// Read
/// as the tenant itself, so that no row of another can be in it.
@Component
final class Export {

    private static final Duration ONE_TABLE = Duration.ofMinutes(10);
    private static final int LINES = 1_000;

    private final PlatformTransaction platform;
    private final TenantTransaction transaction;
    private final TenantDirectory directory;
    private final Archives archives;
    private final Clock clock;

    Export(
            PlatformTransaction platform,
            TenantTransaction transaction,
            TenantDirectory directory,
            Archives archives,
            Clock clock) {
        this.platform = platform;
        this.transaction = transaction;
        this.directory = directory;
        this.archives = archives;
        this.clock = clock;
    }

    /// Completes when the archive is there and its job says so, or when the job was taken back and there is none.
    Mono<Void> run(ClaimedJob job) {
        return directory
                .find(job.tenant())
                .publishOn(Schedulers.boundedElastic())
                .doOnNext(tenant -> write(job, tenant))
                .flatMap(tenant -> job.end(platform, "succeeded", null))
                .publishOn(Schedulers.boundedElastic())
                .doOnNext(ended -> {
                    if (!ended) {
                        discard(job);
                    }
                })
                .then();
    }

    // The tenant's erasure, which took the job back, may have looked for archives before this one was there.
    private void discard(ClaimedJob job) {
        try {
            archives.remove(job.tenant());
        } catch (IOException failed) {
            throw new UncheckedIOException("an archive that nobody wants any more could not be removed", failed);
        }
    }

    private void write(ClaimedJob job, Tenant tenant) {
        MessageDigest digest = sha256();
        long[] bytes = new long[1];
        try {
            archives.write(job.tenant(), job.id(), out -> {
                CountedOutput counted = new CountedOutput(new DigestOutputStream(out, digest));
                writeTables(job, tenant, counted);
                bytes[0] = counted.written();
            });
        } catch (IOException failed) {
            throw new UncheckedIOException("the archive could not be written", failed);
        }
        job.result().put("bytes", bytes[0]);
        job.result().put("sha256", HexFormat.of().formatHex(digest.digest()));
    }

    private void writeTables(ClaimedJob job, Tenant tenant, OutputStream out) throws IOException {
        ZipOutputStream zip = new ZipOutputStream(out, StandardCharsets.UTF_8);
        int done = 0;
        for (HeldTable table : HeldTable.values()) {
            zip.putNextEntry(new ZipEntry(table.table() + ".ndjson"));
            long rows = writeRows(tenant.context(), table, zip);
            zip.closeEntry();
            job.result().withObjectProperty("rows").put(table.table(), rows);
            job.progress(platform, clock, ++done, HeldTable.values().length).block(ONE_TABLE);
        }
        zip.finish();
    }

    private long writeRows(TenantContext tenant, HeldTable table, OutputStream out) {
        Flux<String> rows = table.placed()
                ? transaction.placedRead(client -> rows(client, tenant, table))
                : transaction.inMany(client -> rows(client, tenant, table));
        return Objects.requireNonNull(rows.contextWrite(TenantScope.entering(tenant))
                .buffer(LINES)
                .publishOn(Schedulers.boundedElastic(), 2)
                .map(lines -> write(lines, out))
                .reduce(0L, Long::sum)
                .block(ONE_TABLE));
    }

    private static Flux<String> rows(DatabaseClient client, TenantContext tenant, HeldTable table) {
        return client.sql("SELECT CAST(to_jsonb(held) - CAST(:secret AS text[]) AS text) FROM " + table.table()
                        + " held WHERE held.tenant_id = :tenant")
                .bind("secret", table.hidden())
                .bind("tenant", tenant.id().value())
                .map(row -> Column.first(row, String.class))
                .all();
    }

    private static long write(List<String> lines, OutputStream out) {
        try {
            for (String line : lines) {
                out.write(line.getBytes(StandardCharsets.UTF_8));
                out.write('\n');
            }
            return lines.size();
        } catch (IOException full) {
            throw new UncheckedIOException(full);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("SHA-256 is part of every JDK", missing);
        }
    }

    /// Counts what passes.
    private static final class CountedOutput extends OutputStream {
        private final OutputStream out;
        private long written;

        CountedOutput(OutputStream out) {
            this.out = out;
        }

        long written() {
            return written;
        }

        @Override
        public void write(int value) throws IOException {
            out.write(value);
            written++;
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            out.write(bytes, from, length);
            written += length;
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }
    }
}
