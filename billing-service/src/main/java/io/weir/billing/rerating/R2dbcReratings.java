package io.weir.billing.rerating;

import io.r2dbc.spi.Readable;
import io.weir.billing.rerating.Rerated.Delta;
import io.weir.billing.rerating.Run.Closed;
import io.weir.billing.rerating.Run.Status;
import io.weir.money.Amount;
import io.weir.r2dbc.Column;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.r2dbc.core.DatabaseClient.GenericExecuteSpec;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// Runs and what they move, in Postgres. All within a running transaction of the platform's.
final class R2dbcReratings {

    private static final int BATCH = 500;
    private static final TypeReference<Map<String, String>> WORDS = new TypeReference<>() {};

    // One run is applied at a time.
    private static final String LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('rerating', 0))";

    private static final String ADD = """
            INSERT INTO rerating_run (run_id, status, from_hour, to_hour, only_for, document, mapping,
                                      release_measured, created_at, created_by)
            VALUES (:run, 'dry_run', :from, :to, :only, :document, :mapping, :measured, :now, :by)
            """;

    private static final String ADD_DELTAS = """
            INSERT INTO rerating_delta
                (tenant_id, run_id, hour, provider, model, price_rule_id, meter, quantity, cost)
            SELECT tenant, :run, hour, provider, model, rule, meter, quantity, cost
            FROM jsonb_to_recordset(CAST(:deltas AS jsonb)) AS d(
                tenant uuid, hour timestamptz, provider text, model text, rule text, meter text, quantity bigint,
                cost numeric)
            """;

    private static final String FIND = "SELECT status, document, applied_at FROM rerating_run WHERE run_id = :run";

    private static final String RELEASES = """
            SELECT mapping, release_measured FROM rerating_run
            WHERE status = 'applied' AND from_hour < :to AND to_hour > :from
            ORDER BY applied_at
            """;

    private static final String SUPERSEDE = """
            UPDATE rerating_delta d SET superseded_by = :run
            FROM rerating_run mine, rerating_run theirs
            WHERE mine.run_id = :run AND theirs.run_id = d.run_id AND theirs.status = 'applied'
                AND d.superseded_by IS NULL AND d.hour >= mine.from_hour AND d.hour < mine.to_hour
                AND (mine.only_for IS NULL OR d.tenant_id = mine.only_for)
            """;

    private static final String LATER = """
            SELECT count(*) AS later FROM rerating_run mine, rerating_run theirs
            WHERE mine.run_id = :run AND theirs.status = 'applied' AND theirs.applied_at > mine.created_at
                AND theirs.from_hour < mine.to_hour AND theirs.to_hour > mine.from_hour
            """;

    private static final String APPLY = """
            UPDATE rerating_run SET status = 'applied', applied_at = :now, applied_by = :by WHERE run_id = :run
            """;

    private static final String CLOSED = """
            SELECT i.tenant_id, i.period, i.number, sum(d.cost) AS difference
            FROM rerating_delta d
            JOIN invoice i ON i.tenant_id = d.tenant_id AND i.status = 'final'
                AND d.hour >= i.period_start AND d.hour < i.period_end
            WHERE d.run_id = :run
            GROUP BY i.tenant_id, i.period, i.number
            ORDER BY i.tenant_id, i.period
            """;

    private final JsonMapper json;

    R2dbcReratings(JsonMapper json) {
        this.json = json;
    }

    static Mono<Void> lock(DatabaseClient client) {
        return client.sql(LOCK).then();
    }

    Mono<Void> add(DatabaseClient client, Run run, List<Delta> deltas, String by) {
        GenericExecuteSpec insert = client.sql(ADD)
                .bind("run", run.id())
                .bind("from", run.from())
                .bind("to", run.to())
                .bind("document", text(run))
                .bind("mapping", text(run.counters()))
                .bind("measured", run.releaseMeasured())
                .bind("now", run.createdAt())
                .bind("by", by);
        UUID only = run.tenantId();
        insert = only == null ? insert.bindNull("only", UUID.class) : insert.bind("only", only);
        return insert.then()
                .thenMany(Flux.fromIterable(deltas).buffer(BATCH).concatMap(some -> add(client, run.id(), some)))
                .then();
    }

    private record Stored(
            UUID tenant,
            Instant hour,
            String provider,
            String model,
            String rule,
            String meter,
            long quantity,
            BigDecimal cost) {}

    private Mono<Void> add(DatabaseClient client, UUID run, List<Delta> deltas) {
        List<Stored> rows = deltas.stream()
                .map(delta -> new Stored(
                        delta.key().tenant().value(),
                        delta.key().hour(),
                        delta.key().provider(),
                        delta.key().model(),
                        delta.key().rule(),
                        delta.key().meter().wireName(),
                        delta.quantity(),
                        delta.cost().value()))
                .toList();
        return client.sql(ADD_DELTAS)
                .bind("run", run)
                .bind("deltas", text(rows))
                .then();
    }

    /// Empty where there is none.
    Mono<Run> find(DatabaseClient client, UUID run) {
        return client.sql(FIND)
                .bind("run", run)
                .map(this::run)
                .one()
                .flatMap(found -> closed(client, run)
                        .collectList()
                        .map(closed -> found.as(found.status(), found.appliedAt(), closed)));
    }

    private Run run(Readable row) {
        Run run = json.readValue(Column.of(row, "document", String.class), Run.class);
        return run.as(
                Status.of(Column.of(row, "status", String.class)), row.get("applied_at", Instant.class), List.of());
    }

    private static Flux<Closed> closed(DatabaseClient client, UUID run) {
        return client.sql(CLOSED)
                .bind("run", run)
                .map(row -> new Closed(
                        Column.of(row, "tenant_id", UUID.class),
                        Column.of(row, "period", String.class),
                        Column.of(row, "number", String.class),
                        new Amount(Column.of(row, "difference", BigDecimal.class))))
                .all();
    }

    /// What runs that hold in the span released, so that another run of it does not take that back.
    Mono<Release> releases(DatabaseClient client, Instant from, Instant to) {
        return client.sql(RELEASES)
                .bind("from", from)
                .bind("to", to)
                .map(row -> Release.of(
                        json.readValue(Column.of(row, "mapping", String.class), WORDS),
                        Column.of(row, "release_measured", Boolean.class)))
                .all()
                .reduce(Release.NOTHING, (earlier, later) -> later.over(earlier));
    }

    /// Whether another run of some of its hours was applied since it was made.
    static Mono<Boolean> isOutdated(DatabaseClient client, UUID run) {
        return client.sql(LATER)
                .bind("run", run)
                .map(row -> Column.of(row, "later", Long.class) > 0)
                .one();
    }

    /// From now on it holds for its hours, in place of runs before it.
    static Mono<Void> apply(DatabaseClient client, UUID run, String by, Instant now) {
        return client.sql(SUPERSEDE)
                .bind("run", run)
                .then()
                .then(client.sql(APPLY)
                        .bind("run", run)
                        .bind("now", now)
                        .bind("by", by)
                        .then());
    }

    private String text(Object value) {
        return new String(json.writeValueAsBytes(value), StandardCharsets.UTF_8);
    }
}
