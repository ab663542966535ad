package io.weir.analytics.events;

import io.weir.analytics.ingestion.Chunk;
import io.weir.clickhouse.TenantQuery;
import io.weir.tenancy.ExecutionScope.ForPlatform;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import reactor.core.publisher.Mono;

/// Which events were stored before a chunk.
final class KnownEvents {

    private static final ForPlatform SCOPE = new ForPlatform("external costs are counted once");
    private static final Duration LIMIT = Duration.ofSeconds(60);
    // At most one row for each that is asked for, whatever else has the same id. The ids alone are for the index. The
    // chunk's own rows, left by a crash, do not count: it must be cut into the same rows again.
    private static final String SQL = """
            SELECT DISTINCT tenant_id, event_source, event_id FROM external_costs
            WHERE event_id IN {ids:Array(String)}
              AND (toString(tenant_id), event_source, event_id) IN (
                SELECT t, s, e FROM (SELECT 1)
                ARRAY JOIN {tenants:Array(String)} AS t, {sources:Array(String)} AS s, {ids:Array(String)} AS e)
              AND NOT (kafka_log = {log:String} AND kafka_partition = {partition:Int32} AND kafka_offset >= {from:Int64})""";

    private final TenantQuery query;

    KnownEvents(TenantQuery query) {
        this.query = query;
    }

    record Event(TenantId tenant, String source, String id) {

        static Event of(ExternalCost cost) {
            return new Event(cost.tenantid(), cost.source(), cost.id());
        }
    }

    /// Throws `ClickHouseException` when it does not answer.
    Set<Event> before(Chunk chunk, List<Event> events) {
        Mono<List<Event>> found = query.acrossTenantsInParts(
                SCOPE,
                SQL,
                events,
                event -> List.of(event.tenant().toString(), event.source(), event.id()),
                part -> Map.of(
                        "tenants",
                        part.stream().map(event -> event.tenant().toString()).toList(),
                        "sources",
                        part.stream().map(Event::source).toList(),
                        "ids",
                        part.stream().map(Event::id).toList(),
                        "log",
                        chunk.log(),
                        "partition",
                        chunk.partition(),
                        "from",
                        chunk.from()),
                row -> new Event(new TenantId(row.uuid("tenant_id")), row.text("event_source"), row.text("event_id")));
        return Set.copyOf(Objects.requireNonNull(found.block(LIMIT)));
    }
}
