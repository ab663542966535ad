package io.weir.analytics.metering;

import io.weir.analytics.metering.Outcome.Kind;
import io.weir.analytics.metering.Outcome.Request;
import io.weir.clickhouse.Row;
import io.weir.clickhouse.TenantQuery;
import io.weir.tenancy.ExecutionScope.ForPlatform;
import io.weir.tenancy.TenantId;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import reactor.core.publisher.Mono;

/// Which outcomes ClickHouse holds, and where in the ledger they stand.
public final class KnownOutcomes {

    private static final ForPlatform SCOPE = new ForPlatform("outcomes of one request are told apart");

    private static final String OF_REQUESTS = """
            SELECT tenant_id, request_id, kind, kafka_log, kafka_partition, kafka_offset FROM usage_outcomes
            WHERE request_id IN {requests:Array(String)}""";

    private static final String LAST = """
            SELECT tenant_id, max(seq) AS last FROM usage_outcomes
            WHERE tenant_id IN {tenants:Array(UUID)}
              AND NOT (kafka_log = {log:String} AND kafka_partition = {partition:Int32} AND kafka_offset >= {from:Int64})
            GROUP BY tenant_id""";

    private final TenantQuery query;

    public KnownOutcomes(TenantQuery query) {
        this.query = query;
    }

    /// An outcome and its place.
    public record Stored(Request request, Kind kind, String log, int partition, long offset) {

        /// Whether it stands before that place. What another log holds is older: a topic that was made anew
        /// begins when the one before it was gone.
        public boolean isBefore(String otherLog, int otherPartition, long otherOffset) {
            return !log.equals(otherLog) || partition != otherPartition || offset < otherOffset;
        }
    }

    /// A tenant's last number.
    record Last(TenantId tenant, long seq) {}

    /// All outcomes of these requests, whatever their tenant. Fails with `ClickHouseException` without an
    /// answer.
    public Mono<List<Stored>> of(Collection<String> requestIds) {
        return query.acrossTenantsInParts(
                SCOPE, OF_REQUESTS, requestIds, List::of, part -> Map.of("requests", part), KnownOutcomes::stored);
    }

    /// The numbers that tenants had reached before an offset.
    Mono<List<Last>> lastBefore(Collection<TenantId> tenants, String log, int partition, long from) {
        return query.acrossTenantsInParts(
                SCOPE,
                LAST,
                tenants,
                tenant -> List.of(tenant.toString()),
                part -> Map.of(
                        "tenants",
                        part.stream().map(TenantId::toString).toList(),
                        "log",
                        log,
                        "partition",
                        partition,
                        "from",
                        from),
                row -> new Last(new TenantId(row.uuid("tenant_id")), row.integer("last")));
    }

    private static Stored stored(Row row) {
        return new Stored(
                new Request(new TenantId(row.uuid("tenant_id")), row.text("request_id")),
                Kind.valueOf(row.text("kind").toUpperCase(Locale.ROOT)),
                row.text("kafka_log"),
                (int) row.integer("kafka_partition"),
                row.integer("kafka_offset"));
    }
}
