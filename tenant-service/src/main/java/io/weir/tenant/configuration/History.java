package io.weir.tenant.configuration;

import io.r2dbc.spi.Readable;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.Column;
import io.weir.r2dbc.TenantTransaction;
import io.weir.tenancy.TenantId;
import io.weir.tenant.directory.TenantDirectory;
import io.weir.tenant.request.JsonBody;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/// Every version of the configuration of the tenant in scope. The newest ones are in the registry until they have been
/// copied to where the tenant's placed rows are, see [HistoryCopies]; both places are read, so that none is missing.
@Component
final class History {

    private static final String COLUMNS = "version, settings::text AS settings, changed_by, changed_at";

    private final TenantTransaction transaction;
    private final TenantDirectory directory;

    History(TenantTransaction transaction, TenantDirectory directory) {
        this.transaction = transaction;
        this.directory = directory;
    }

    /// @param settings what the tenant itself had set
    record Version(long version, ObjectNode settings, String changedBy, Instant changedAt) {

        private static Version of(Readable row) {
            return new Version(
                    Column.of(row, "version", Long.class),
                    JsonBody.parse(Column.of(row, "settings", String.class)),
                    Column.of(row, "changed_by", String.class),
                    Column.of(row, "changed_at", Instant.class));
        }
    }

    /// Versions below `before`, the newest first.
    Mono<List<Version>> page(TenantId tenant, long before, int limit) {
        // The registry first: what is copied in between is then seen in the other place.
        return transaction
                .in(client -> directory
                        .read(client, tenant)
                        .thenMany(rows(client, "tenant_config", tenant, before, limit))
                        .collectList())
                .zipWhen(
                        recent -> transaction
                                .placedRead(client -> rows(client, "config_history", tenant, before, limit))
                                .collectList(),
                        (recent, copied) -> merged(recent, copied, limit));
    }

    /// Fails with a 404 when there is none of that number.
    Mono<Version> version(TenantId tenant, long version) {
        return page(tenant, version + 1, 1)
                .flatMapIterable(found -> found)
                .filter(found -> found.version() == version)
                .next()
                .switchIfEmpty(Mono.error(() -> PlatformException.of(
                        ProblemType.NOT_FOUND,
                        "version",
                        "There is no version " + version
                                + " of the configuration. GET .../config/history lists them.")));
    }

    private static Flux<Version> rows(DatabaseClient client, String table, TenantId tenant, long before, int limit) {
        return client.sql("SELECT " + COLUMNS + " FROM " + table
                        + " WHERE tenant_id = :tenant AND version < :before ORDER BY version DESC LIMIT :limit")
                .bind("tenant", tenant.value())
                .bind("before", before)
                .bind("limit", limit)
                .map(row -> Version.of(row))
                .all();
    }

    private static List<Version> merged(List<Version> recent, List<Version> copied, int limit) {
        TreeMap<Long, Version> all = new TreeMap<>(Comparator.reverseOrder());
        copied.forEach(version -> all.put(version.version(), version));
        recent.forEach(version -> all.put(version.version(), version));
        return all.values().stream().limit(limit).toList();
    }
}
