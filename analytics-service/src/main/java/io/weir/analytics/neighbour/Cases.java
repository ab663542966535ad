package io.weir.analytics.neighbour;

import io.weir.analytics.neighbour.ladder.Case;
import io.weir.clickhouse.Block;
import io.weir.clickhouse.BlockWriter;
import io.weir.clickhouse.Row;
import io.weir.clickhouse.TenantQuery;
import io.weir.snapshots.SnapshotJson;
import io.weir.tenancy.ExecutionScope.ForPlatform;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantScope;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/// Every decision about every tenant, in ClickHouse. The same decision written twice is one.
final class Cases {

    private static final ForPlatform SCOPE = new ForPlatform("what is done about tenants that slow others");
    // Longer than any stage or pardon lasts.
    private static final Duration RECENT = Duration.ofDays(31);

    // A pardon outlasts a decision that crossed it.
    private static final String LATEST = """
            SELECT body FROM neighbour_steps FINAL
            WHERE at >= {since:DateTime64(3, 'UTC')} AND ({only:String} = '' OR tenant_id = toUUIDOrZero({only:String}))
            ORDER BY tenant_id, version DESC, cause = 'pardoned' DESC LIMIT 1 BY tenant_id""";
    private static final String PAGE = """
            SELECT body FROM neighbour_steps FINAL
            WHERE ({only:String} = '' OR tenant_id = toUUIDOrZero({only:String}))
              AND (version < {version:Int64} OR (version = {version:Int64} AND toString(tenant_id) < {of:String}))
            ORDER BY version DESC, toString(tenant_id) DESC LIMIT {limit:UInt32}""";
    private static final String OWN = """
            SELECT body FROM neighbour_steps FINAL WHERE tenant_id = {tenant:UUID} ORDER BY version DESC LIMIT 1""";

    private final TenantQuery query;
    private final BlockWriter writer;

    Cases(TenantQuery query, BlockWriter writer) {
        this.query = query;
        this.writer = writer;
    }

    /// The last decision about each tenant.
    Mono<List<Case>> latest(Instant now) {
        return query.acrossTenants(SCOPE, LATEST, Map.of("since", now.minus(RECENT), "only", ""), Cases::read);
    }

    /// The last decision about it; a blank where there is none.
    Mono<Case> latest(TenantId tenant, Instant now) {
        return query.acrossTenants(
                        SCOPE, LATEST, Map.of("since", now.minus(RECENT), "only", tenant.toString()), Cases::read)
                .map(found -> found.isEmpty() ? Case.blank(tenant) : found.getFirst());
    }

    /// The tenant's own.
    Mono<Optional<Case>> own(TenantContext tenant) {
        return query.rows(OWN, Map.of(), Cases::read)
                .map(found -> found.stream().findFirst())
                .contextWrite(TenantScope.entering(tenant));
    }

    /// The newest first.
    ///
    /// @param only of this tenant; null: of all
    Mono<List<Case>> history(@Nullable TenantId only, HistoryPlace before, int limit) {
        return query.acrossTenants(
                SCOPE,
                PAGE,
                Map.of(
                        "only",
                        only == null ? "" : only.toString(),
                        "version",
                        before.version(),
                        "of",
                        before.tenant(),
                        "limit",
                        limit),
                Cases::read);
    }

    /// Completes when it is stored.
    Mono<Void> add(Case decided) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("tenant_id", decided.tenantId().toString());
        row.put("version", decided.version());
        row.put("cause", decided.cause().wireName());
        row.put("at", decided.at().toString());
        row.put("stage", decided.stage().wireName());
        row.put(
                "pardoned_until",
                decided.pardonedUntil() == null ? null : decided.pardonedUntil().toString());
        row.put("body", new String(SnapshotJson.write(decided), StandardCharsets.UTF_8));
        String token = "neighbour/" + decided.tenantId() + "/" + decided.version() + "/" + decided.cause();
        return writer.write(new Block("neighbour_steps", SnapshotJson.write(row), 1, token));
    }

    private static Case read(Row row) {
        return SnapshotJson.read(row.text("body").getBytes(StandardCharsets.UTF_8), Case.class);
    }
}
