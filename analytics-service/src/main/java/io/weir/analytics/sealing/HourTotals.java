package io.weir.analytics.sealing;

import io.weir.clickhouse.TenantQuery;
import io.weir.money.Meter;
import io.weir.snapshots.catalog.SealedHour.Total;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantScope;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;

/// Adds up an hour from raw rows, without the duplicates that a merge has not removed yet.
final class HourTotals {

    private static final String REQUESTS = """
            SELECT count() AS requests, countIf(billable) AS billable, %s AS digest
            FROM usage_requests FINAL
            WHERE tenant_id = {tenant:UUID} AND hour = toDateTime({hour:String}, 'UTC')""".formatted(digest("event_source, '/', event_id, '=', toString(cost)"));

    private static final String ATTEMPTS =
            """
            SELECT count() AS attempts, %s AS digest
            FROM usage_attempts FINAL
            WHERE tenant_id = {tenant:UUID} AND hour = toDateTime({hour:String}, 'UTC')""".formatted(digest("event_source, '/', event_id, '#', toString(attempt), '=', toString(cost)"));

    private static final String TOTALS = """
            SELECT provider, model, rule, meter, sum(quantity) AS quantities, sum(line_cost) AS costs
            FROM (SELECT provider, model, lines.rule_id AS rules, lines.meter AS meters, lines.quantity AS quantities_,
                         lines.cost AS costs_
                  FROM usage_attempts FINAL
                  WHERE tenant_id = {tenant:UUID} AND hour = toDateTime({hour:String}, 'UTC'))
            ARRAY JOIN rules AS rule, meters AS meter, quantities_ AS quantity, costs_ AS line_cost
            GROUP BY provider, model, rule, meter
            ORDER BY provider, model, rule, meter""";

    private final TenantQuery query;

    HourTotals(TenantQuery query) {
        this.query = query;
    }

    /// @param requests settled requests
    /// @param rows attempts
    /// @param hash SHA-256 over identities and costs of both
    record Sum(List<Total> totals, long requests, long billable, long rows, String hash) {}

    private record Digest(long count, long billable, String digest) {}

    Mono<Sum> of(TenantHour hour) {
        // As toDateTime parses it.
        Map<String, String> at =
                Map.of("hour", hour.hour().toString().replace('T', ' ').replace("Z", ""));
        Mono<Digest> requests = query.rows(
                        REQUESTS,
                        at,
                        row -> new Digest(row.integer("requests"), row.integer("billable"), row.text("digest")))
                .map(List::getFirst);
        Mono<Digest> attempts = query.rows(
                        ATTEMPTS, at, row -> new Digest(row.integer("attempts"), 0, row.text("digest")))
                .map(List::getFirst);
        Mono<List<Total>> totals = query.rows(
                TOTALS,
                at,
                row -> new Total(
                        row.text("provider"),
                        row.text("model"),
                        row.text("rule"),
                        Meter.of(row.text("meter")),
                        row.integer("quantities"),
                        row.amount("costs")));
        return requests.flatMap(one -> attempts.flatMap(two -> totals.map(three ->
                        new Sum(three, one.count(), one.billable(), two.count(), sha256(one.digest() + two.digest())))))
                .contextWrite(TenantScope.entering(scope(hour.tenant())));
    }

    // Background work for one tenant; nothing of the context but the id is used.
    private static TenantContext scope(TenantId tenant) {
        return new TenantContext(tenant, "any", Placement.POOL, "any");
    }

    private static String digest(String row) {
        return "lower(hex(SHA256(arrayStringConcat(arraySort(groupArray(concat(" + row + "))), '\\n'))))";
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("SHA-256 is part of every JDK", missing);
        }
    }
}
