package io.weir.analytics.metering;

import io.weir.analytics.ingestion.Chunk;
import io.weir.clickhouse.TenantQuery;
import io.weir.tenancy.ExecutionScope.ForPlatform;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Which requests were settled before a chunk. Of two settlements of one request the first in the partition wins.
final class KnownSettlements {

    private static final ForPlatform SCOPE = new ForPlatform("ingestion drops second settlements");
    private static final Duration LIMIT = Duration.ofSeconds(60);

    // The chunk's own rows, left by a crash, do not count: it must be cut into the same rows again.
    private static final String SQL = """
            SELECT tenant_id, request_id FROM usage_requests
            WHERE request_id IN {requests:Array(String)}
              AND NOT (kafka_log = {log:String} AND kafka_partition = {partition:Int32} AND kafka_offset >= {from:Int64})""";

    private final TenantQuery query;

    KnownSettlements(TenantQuery query) {
        this.query = query;
    }

    record Request(TenantId tenant, String requestId) {}

    /// Throws `ClickHouseException` when it does not answer.
    Set<Request> before(Chunk chunk, Collection<String> requestIds) {
        return new HashSet<>(Objects.requireNonNull(query.acrossTenantsInParts(
                        SCOPE,
                        SQL,
                        requestIds,
                        List::of,
                        part -> Map.of(
                                "requests",
                                part,
                                "log",
                                chunk.log(),
                                "partition",
                                chunk.partition(),
                                "from",
                                chunk.from()),
                        row -> new Request(new TenantId(row.uuid("tenant_id")), row.text("request_id")))
                .block(LIMIT)));
    }
}
