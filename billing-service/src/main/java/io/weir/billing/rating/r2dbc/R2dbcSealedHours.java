package io.weir.billing.rating.r2dbc;

import io.r2dbc.spi.Readable;
import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.snapshots.SnapshotJson;
import io.weir.snapshots.catalog.SealedHour;
import io.weir.snapshots.catalog.SealedHour.Total;
import io.weir.tenancy.TenantId;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// The store of sealed hours. Append-only: a late version is one more row, an old one changes nothing that is
/// read.
public final class R2dbcSealedHours {

    private static final String WHY_ADD = "sealed hours of all tenants arrive on one topic";

    private static final String ADD = """
            WITH batch AS (
                SELECT * FROM jsonb_to_recordset(CAST(:hours AS jsonb)) AS h(
                    "tenantId" uuid, hour timestamptz, version bigint, open boolean, "billableCalls" bigint,
                    rows bigint, hash text, "sealedAt" timestamptz, totals jsonb)
            ), added AS (
                INSERT INTO sealed_hour
                    (tenant_id, hour, version, open, billable_calls, usage_rows, hash, sealed_at)
                SELECT "tenantId", hour, version, open, "billableCalls", rows, hash, "sealedAt" FROM batch
                ON CONFLICT DO NOTHING
                RETURNING tenant_id, hour, version
            ), added_totals AS (
                INSERT INTO sealed_hour_total
                    (tenant_id, hour, version, position, provider, model, price_rule_id, meter, quantity, cost)
                SELECT added.tenant_id, added.hour, added.version, t.position, t.total ->> 'provider',
                       t.total ->> 'model', t.total ->> 'priceRuleId', t.total ->> 'meter',
                       CAST(t.total ->> 'quantity' AS bigint), CAST(t.total ->> 'cost' AS numeric)
                FROM added
                JOIN batch ON batch."tenantId" = added.tenant_id AND batch.hour = added.hour
                    AND batch.version = added.version
                CROSS JOIN LATERAL jsonb_array_elements(batch.totals) WITH ORDINALITY AS t(total, position)
            )
            SELECT count(*) AS late
            FROM added
            JOIN invoice ON invoice.tenant_id = added.tenant_id AND invoice.status = 'final'
                AND added.hour >= invoice.period_start AND added.hour < invoice.period_end
            """;

    // One statement, so that hours, totals and corrections are of the same moment. What was priced again since
    // is added to the totals; a total of which nothing is left is none.
    private static final String LATEST = """
            WITH h AS (
                SELECT DISTINCT ON (hour) * FROM sealed_hour
                WHERE tenant_id = :tenant AND hour >= :from AND hour < :to
                ORDER BY hour, version DESC
            ), parts AS (
                SELECT t.hour, t.provider, t.model, t.price_rule_id, t.meter, t.quantity, t.cost, t.position
                FROM h JOIN sealed_hour_total t
                    ON t.tenant_id = h.tenant_id AND t.hour = h.hour AND t.version = h.version
                WHERE t.tenant_id = :tenant
                UNION ALL
                SELECT d.hour, d.provider, d.model, d.price_rule_id, d.meter, d.quantity, d.cost, NULL
                FROM rerating_delta d JOIN rerating_run r ON r.run_id = d.run_id
                WHERE d.tenant_id = :tenant AND d.hour >= :from AND d.hour < :to AND d.superseded_by IS NULL
                    AND r.status = 'applied'
            ), t AS (
                SELECT hour, provider, model, price_rule_id, meter, CAST(sum(quantity) AS bigint) AS quantity,
                       sum(cost) AS cost, min(position) AS position
                FROM parts
                GROUP BY hour, provider, model, price_rule_id, meter
                HAVING sum(quantity) <> 0 OR sum(cost) <> 0
            )
            SELECT h.tenant_id, h.hour, h.version, h.open, h.billable_calls, h.usage_rows, h.hash, h.sealed_at,
                   t.provider, t.model, t.price_rule_id, t.meter, t.quantity, t.cost
            FROM h LEFT JOIN t ON t.hour = h.hour
            ORDER BY h.hour, t.position NULLS LAST, t.provider, t.model, t.price_rule_id, t.meter
            """;

    private final PlatformTransaction transaction;

    public R2dbcSealedHours(PlatformTransaction transaction) {
        this.transaction = transaction;
    }

    /// Adds hours of any tenants; those that are known in the same version are left as they are. Answers how
    /// many of those added came too late: for a span whose invoice is final. No hour may stand in the list
    /// twice in one version.
    public Mono<Long> add(List<SealedHour> hours) {
        String json = new String(SnapshotJson.write(hours), StandardCharsets.UTF_8);
        return transaction.in(
                WHY_ADD,
                client -> client.sql(ADD)
                        .bind("hours", json)
                        .map(row -> Column.of(row, "late", Long.class))
                        .one());
    }

    /// The latest version of each hour of a tenant that begins in `[from, to)`, in order, with what was priced
    /// again since; within a running transaction.
    public static Flux<SealedHour> latest(DatabaseClient client, TenantId tenant, Instant from, Instant to) {
        return client.sql(LATEST)
                .bind("tenant", tenant.value())
                .bind("from", from)
                .bind("to", to)
                .map(R2dbcSealedHours::row)
                .all()
                .bufferUntilChanged(Row::hour)
                .map(R2dbcSealedHours::together);
    }

    /// An hour together with one of its totals, or none where it has none.
    private record Row(SealedHour withoutTotals, @Nullable Total total) {
        Instant hour() {
            return withoutTotals.hour();
        }
    }

    private static SealedHour together(List<Row> rows) {
        SealedHour hour = rows.getFirst().withoutTotals();
        List<Total> totals =
                rows.stream().map(Row::total).filter(Objects::nonNull).toList();
        return new SealedHour(
                hour.tenantId(),
                hour.hour(),
                hour.version(),
                hour.open(),
                totals,
                hour.billableCalls(),
                hour.rows(),
                hour.hash(),
                hour.sealedAt());
    }

    private static Row row(Readable row) {
        SealedHour hour = new SealedHour(
                new TenantId(Column.of(row, "tenant_id", UUID.class)),
                Column.of(row, "hour", Instant.class),
                Column.of(row, "version", Long.class),
                Column.of(row, "open", Boolean.class),
                List.of(),
                Column.of(row, "billable_calls", Long.class),
                Column.of(row, "usage_rows", Long.class),
                Column.of(row, "hash", String.class),
                Column.of(row, "sealed_at", Instant.class));
        return new Row(hour, row.get("provider", String.class) == null ? null : total(row));
    }

    private static Total total(Readable row) {
        return new Total(
                Column.of(row, "provider", String.class),
                Column.of(row, "model", String.class),
                Column.of(row, "price_rule_id", String.class),
                Meter.of(Column.of(row, "meter", String.class)),
                Column.of(row, "quantity", Long.class),
                new Amount(Column.of(row, "cost", BigDecimal.class)));
    }
}
