package io.weir.analytics.sla;

import io.weir.analytics.sla.Availability.Counted;
import io.weir.clickhouse.Block;
import io.weir.clickhouse.BlockWriter;
import io.weir.clickhouse.Row;
import io.weir.clickhouse.TenantQuery;
import io.weir.snapshots.SnapshotJson;
import io.weir.tenancy.ExecutionScope.ForPlatform;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantScope;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// How many calls each tenant made in each hour, and how many failed. Counted from the edge's records while these are
/// there; an hour that is counted again replaces itself, so several instances may count.
final class AvailabilityHours {

    private static final ForPlatform SCOPE = new ForPlatform("what tenants had of their calls");
    private static final int BLOCK = 5_000;

    private static final String COUNT = """
        SELECT toString(tenant_id) AS of, hour, uniqExactIf(event_id, status != 499) AS calls,
               uniqExactIf(event_id, status >= 500) AS failed
        FROM access_records
        WHERE hour >= {from:DateTime64(3, 'UTC')} AND route_class = 'inference'
          AND tenant_id != toUUID('00000000-0000-0000-0000-000000000000')
        GROUP BY tenant_id, hour ORDER BY hour, tenant_id\
        """;
    private static final String SPAN = "hour >= {start:DateTime64(3, 'UTC')} AND hour < {end:DateTime64(3, 'UTC')}";
    private static final String OWN = "SELECT sum(calls) AS calls, sum(failed) AS failed FROM availability_hours FINAL"
            + " WHERE tenant_id = {tenant:UUID} AND " + SPAN;
    private static final String ALL = "SELECT toString(tenant_id) AS of, sum(calls) AS calls, sum(failed) AS failed"
            + " FROM availability_hours FINAL WHERE " + SPAN + " GROUP BY tenant_id HAVING calls > 0";

    private final TenantQuery query;
    private final BlockWriter writer;

    AvailabilityHours(TenantQuery query, BlockWriter writer) {
        this.query = query;
        this.writer = writer;
    }

    private record Hour(TenantId tenant, Instant hour, long calls, long failed) {}

    /// Counts every hour from that one on. Returns how many rows it wrote.
    Mono<Long> count(Instant from, Instant now) {
        return query.acrossTenants(SCOPE, COUNT, Map.of("from", from), AvailabilityHours::hour)
                .flatMapMany(Flux::fromIterable)
                .buffer(BLOCK)
                .concatMap(some -> writer.write(block(some, now)).thenReturn((long) some.size()))
                .reduce(0L, Long::sum);
    }

    private static Hour hour(Row row) {
        return new Hour(new TenantId(row.uuid("of")), row.instant("hour"), row.integer("calls"), row.integer("failed"));
    }

    private static Block block(List<Hour> hours, Instant now) {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (Hour hour : hours) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("tenant_id", hour.tenant().toString());
            row.put("hour", hour.hour().toString());
            row.put("calls", hour.calls());
            row.put("failed", hour.failed());
            row.put("counted_at", now.toString());
            lines.writeBytes(SnapshotJson.write(row));
            lines.write('\n');
        }
        return new Block("availability_hours", lines.toByteArray(), hours.size(), "availability/" + UUID.randomUUID());
    }

    /// Of one tenant, between two hours.
    Mono<Counted> own(TenantContext tenant, Instant start, Instant end) {
        return query.rows(
                        OWN,
                        Map.of("start", start, "end", end),
                        row -> new Counted(tenant.id(), row.integer("calls"), row.integer("failed")))
                .map(List::getFirst)
                .contextWrite(TenantScope.entering(tenant));
    }

    /// Of all that made a call between two hours, in no order.
    Mono<List<Counted>> all(Instant start, Instant end) {
        return query.acrossTenants(
                SCOPE,
                ALL,
                Map.of("start", start, "end", end),
                row -> new Counted(new TenantId(row.uuid("of")), row.integer("calls"), row.integer("failed")));
    }
}
