package io.weir.analytics.sealing;

import io.weir.clickhouse.Block;
import io.weir.clickhouse.BlockWriter;
import io.weir.clickhouse.Row;
import io.weir.clickhouse.TenantQuery;
import io.weir.snapshots.SnapshotJson;
import io.weir.snapshots.catalog.SealedHour;
import io.weir.tenancy.ExecutionScope.ForPlatform;
import io.weir.tenancy.TenantId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reactor.core.publisher.Mono;

/// Every version of every sealed hour, in ClickHouse. A version is recorded before it is published and marked after,
/// so that no number is ever given to two contents, and none that was given is forgotten.
final class SealedVersions {

    private static final ForPlatform SCOPE = new ForPlatform("sealing hours of all tenants");
    // Kafka keeps the ledger for 35 days; nothing older can still arrive.
    private static final int DAYS = 40;

    private final TenantQuery query;
    private final BlockWriter writer;

    SealedVersions(TenantQuery query, BlockWriter writer) {
        this.query = query;
        this.writer = writer;
    }

    /// @param requests settled requests behind it
    record Version(SealedHour sealed, long requests, boolean published) {}

    Mono<Optional<Version>> latest(TenantHour hour) {
        return query.acrossTenants(
                        SCOPE, """
                        SELECT body, requests, published FROM sealed_hours FINAL
                        WHERE tenant_id = {of:UUID} AND hour = toDateTime({hour:String}, 'UTC')
                        ORDER BY version DESC LIMIT 1""", Map.of("of", hour.tenant().value(), "hour", text(hour)), SealedVersions::version)
                .map(found -> found.stream().findFirst());
    }

    /// Recorded, and not known to be on the topic: a crash came between.
    Mono<List<Version>> unpublished() {
        return query.acrossTenants(
                SCOPE,
                "SELECT body, requests, published FROM sealed_hours FINAL WHERE published = 0 ORDER BY tenant_id, hour, version",
                Map.of(),
                SealedVersions::version);
    }

    Mono<Void> record(Version version) {
        SealedHour sealed = version.sealed();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("tenant_id", sealed.tenantId().toString());
        row.put("hour", sealed.hour().toString());
        row.put("version", sealed.version());
        row.put("published", version.published() ? 1 : 0);
        row.put("requests", version.requests());
        row.put("body", new String(SnapshotJson.write(sealed), StandardCharsets.UTF_8));
        String token = "sealed/" + sealed.key() + "/" + sealed.version() + "/" + version.published();
        return writer.write(new Block("sealed_hours", SnapshotJson.write(row), 1, token));
    }

    /// Hours of the last weeks whose raw rows are more than what was sealed, or that were never closed.
    Mono<List<TenantHour>> changed(List<Integer> partitions) {
        return query.acrossTenants(
                SCOPE,
                """
                SELECT raw.tenant_id AS tenant, toString(raw.hour) AS at
                FROM (SELECT tenant_id, hour, uniqExact(event_id, event_source) AS settled FROM usage_requests
                      WHERE hour > now() - INTERVAL %d DAY AND toString(kafka_partition) IN {partitions:Array(String)}
                      GROUP BY tenant_id, hour) AS raw
                LEFT JOIN (SELECT tenant_id, hour, argMax(requests, version) AS counted,
                                  argMax(JSONExtractBool(body, 'open'), version) AS still_open
                           FROM sealed_hours GROUP BY tenant_id, hour) AS sealed
                ON raw.tenant_id = sealed.tenant_id AND raw.hour = sealed.hour
                WHERE raw.settled != sealed.counted OR sealed.still_open""".formatted(DAYS),
                Map.of("partitions", partitions.stream().map(String::valueOf).toList()),
                row -> new TenantHour(
                        new TenantId(row.uuid("tenant")),
                        Instant.parse(row.text("at").replace(' ', 'T') + "Z")));
    }

    private static Version version(Row row) {
        SealedHour sealed = SnapshotJson.read(row.text("body").getBytes(StandardCharsets.UTF_8), SealedHour.class);
        return new Version(sealed, row.integer("requests"), row.flag("published"));
    }

    private static String text(TenantHour hour) {
        return hour.hour().toString().replace('T', ' ').replace("Z", "");
    }
}
