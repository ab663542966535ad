package io.weir.tenant.configuration;

import io.r2dbc.spi.Readable;
import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.r2dbc.TenantTransaction;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantScope;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Copies versions of configurations from the registry to where each tenant's placed rows are, and then forgets those
/// in the registry that are no longer in force. Copying one twice changes nothing, so a crash at any place is harmless;
/// a tenant whose rows cannot be reached keeps no other waiting.
@Component
final class HistoryCopies {

    private static final Logger LOG = LoggerFactory.getLogger(HistoryCopies.class);
    private static final int PAGE = 200;
    private static final int AT_ONCE = 4;

    private final PlatformTransaction platform;
    private final TenantTransaction transaction;

    HistoryCopies(PlatformTransaction platform, TenantTransaction transaction) {
        this.platform = platform;
        this.transaction = transaction;
    }

    private record Row(TenantContext tenant, long version, String settings, String changedBy, Instant changedAt) {}

    /// Copies what waits; true when there may be more.
    Mono<Boolean> round() {
        return platform.in("configurations to be copied to their history", HistoryCopies::waiting)
                .flatMap(rows -> Flux.fromIterable(byTenant(rows).entrySet())
                        .flatMap(entry -> copy(entry.getKey(), entry.getValue()), AT_ONCE)
                        .reduce(0, Integer::sum)
                        .map(copied -> copied == PAGE));
    }

    private static Mono<List<Row>> waiting(DatabaseClient client) {
        return client.sql("""
                        SELECT c.tenant_id, c.version, c.settings::text AS settings, c.changed_by, c.changed_at,
                            t.plan_key, t.placement, t.region
                        FROM tenant_config c JOIN tenant t ON t.tenant_id = c.tenant_id
                        WHERE NOT c.copied AND t.status NOT IN ('erasing', 'erased')
                        ORDER BY c.tenant_id, c.version LIMIT :page""").bind("page", PAGE).map(row -> row(row)).all().collectList();
    }

    private static Row row(Readable row) {
        return new Row(
                new TenantContext(
                        new TenantId(Column.of(row, "tenant_id", UUID.class)),
                        Column.of(row, "plan_key", String.class),
                        Placement.valueOf(
                                Column.of(row, "placement", String.class).toUpperCase(Locale.ROOT)),
                        Column.of(row, "region", String.class)),
                Column.of(row, "version", Long.class),
                Column.of(row, "settings", String.class),
                Column.of(row, "changed_by", String.class),
                Column.of(row, "changed_at", Instant.class));
    }

    private static Map<TenantContext, List<Row>> byTenant(List<Row> rows) {
        Map<TenantContext, List<Row>> byTenant = new LinkedHashMap<>();
        rows.forEach(row -> byTenant.computeIfAbsent(row.tenant(), tenant -> new java.util.ArrayList<>())
                .add(row));
        return byTenant;
    }

    private Mono<Integer> copy(TenantContext tenant, List<Row> rows) {
        return transaction
                .placed(client -> Flux.fromIterable(rows)
                        .concatMap(row -> insert(client, row))
                        .then(Mono.just(rows.size())))
                .contextWrite(TenantScope.entering(tenant))
                .delayUntil(copied -> platform.in(
                        "configurations were copied to their history",
                        client -> forget(client, tenant.id(), rows.getLast().version())))
                .onErrorResume(failed -> {
                    LOG.warn("The history of tenant {} is copied later: {}", tenant.id(), failed.getMessage());
                    return Mono.just(0);
                });
    }

    private static Mono<Void> insert(DatabaseClient client, Row row) {
        return client.sql("""
                        INSERT INTO config_history (tenant_id, version, settings, changed_by, changed_at)
                        VALUES (:tenant, :version, CAST(:settings AS jsonb), :by, :at) ON CONFLICT DO NOTHING""")
                .bind("tenant", row.tenant().id().value())
                .bind("version", row.version())
                .bind("settings", row.settings())
                .bind("by", row.changedBy())
                .bind("at", row.changedAt())
                .then();
    }

    private static Mono<Void> forget(DatabaseClient client, TenantId tenant, long upTo) {
        return client.sql("UPDATE tenant_config SET copied = true"
                        + " WHERE tenant_id = :tenant AND version <= :version AND NOT copied")
                .bind("tenant", tenant.value())
                .bind("version", upTo)
                .then()
                .then(client.sql("""
                                DELETE FROM tenant_config WHERE tenant_id = :tenant AND copied AND version <
                                    (SELECT max(version) FROM tenant_config WHERE tenant_id = :tenant)""").bind("tenant", tenant.value()).then());
    }
}
