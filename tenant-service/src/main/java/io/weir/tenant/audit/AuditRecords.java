package io.weir.tenant.audit;

import io.r2dbc.spi.Readable;
import io.weir.audit.AuditEvent;
import io.weir.r2dbc.Column;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// The rows of tenants' logs. Everything here runs in a transaction on the tenant's placed rows.
@Component
public final class AuditRecords {

    /// The number of the tenant's last record, 0: none; locked until the transaction ends, so that one
    /// writer at a time gives numbers.
    public Mono<Long> lockedHead(DatabaseClient client, TenantId tenant) {
        return client.sql("INSERT INTO audit_head (tenant_id, last) VALUES (:tenant, 0) ON CONFLICT DO NOTHING")
                .bind("tenant", tenant.value())
                .then()
                .then(Mono.defer(() -> client.sql("SELECT last FROM audit_head WHERE tenant_id = :tenant FOR UPDATE")
                        .bind("tenant", tenant.value())
                        .map(row -> Column.first(row, Long.class))
                        .one()));
    }

    /// As [#lockedHead], without a lock.
    public Mono<Long> head(DatabaseClient client, TenantId tenant) {
        return client.sql("SELECT last FROM audit_head WHERE tenant_id = :tenant")
                .bind("tenant", tenant.value())
                .map(row -> Column.first(row, Long.class))
                .one()
                .defaultIfEmpty(0L);
    }

    /// Which of these events are there already, by producer and number.
    public Flux<Known> known(DatabaseClient client, TenantId tenant, List<AuditEvent> events) {
        return client.sql("""
                        SELECT producer, producer_sequence, event_id FROM audit_event
                        WHERE tenant_id = :tenant AND (producer, producer_sequence) IN (
                            SELECT * FROM unnest(:producers, :numbers))""")
                .bind("tenant", tenant.value())
                .bind("producers", texts(events, AuditEvent::producer))
                .bind("numbers", events.stream().map(AuditEvent::sequence).toArray(Long[]::new))
                .map(row -> new Known(
                        Column.of(row, "producer", String.class),
                        Column.of(row, "producer_sequence", Long.class),
                        Column.of(row, "event_id", UUID.class)))
                .all();
    }

    /// An event's identity, and the event that has it.
    public record Known(String producer, long number, UUID event) {}

    /// Adds events behind `last`, in their order, and moves the head.
    public Mono<Void> append(
            DatabaseClient client, TenantId tenant, long last, Instant storedAt, List<AuditEvent> events) {
        return insert(client, tenant, last, storedAt, events)
                .then(Mono.defer(() -> client.sql("UPDATE audit_head SET last = :last WHERE tenant_id = :tenant")
                        .bind("last", last + events.size())
                        .bind("tenant", tenant.value())
                        .then()));
    }

    private static Mono<Void> insert(
            DatabaseClient client, TenantId tenant, long last, Instant storedAt, List<AuditEvent> events) {
        return client.sql("INSERT INTO audit_event (" + AuditRow.COLUMNS + """
                        ) SELECT :tenant, :last + place, :stored, id, 'epoch'::timestamptz + micros * interval '1 microsecond',
                            source, producer, number, actor, action, target, outcome, before, after, detail, address,
                            request, trace
                        FROM unnest(:ids, :micros, :sources, :producers, :numbers, :actors, :actions, :targets, :outcomes,
                            :befores, :afters, :details, :addresses, :requests, :traces)
                            WITH ORDINALITY AS given(id, micros, source, producer, number, actor, action, target, outcome,
                            before, after, detail, address, request, trace, place)""")
                .bind("tenant", tenant.value())
                .bind("last", last)
                .bind("stored", storedAt.truncatedTo(ChronoUnit.MICROS))
                .bind("ids", events.stream().map(AuditEvent::id).toArray(UUID[]::new))
                .bind("micros", events.stream().map(AuditRecords::micros).toArray(Long[]::new))
                .bind("sources", texts(events, AuditEvent::source))
                .bind("producers", texts(events, AuditEvent::producer))
                .bind("numbers", events.stream().map(AuditEvent::sequence).toArray(Long[]::new))
                .bind("actors", texts(events, event -> event.by().actor()))
                .bind("actions", texts(events, event -> event.what().action()))
                .bind("targets", texts(events, event -> event.what().target()))
                .bind("outcomes", texts(events, event -> event.what().outcome().wireName()))
                .bind("befores", texts(events, event -> event.what().before()))
                .bind("afters", texts(events, event -> event.what().after()))
                .bind("details", texts(events, event -> event.what().detail()))
                .bind("addresses", texts(events, event -> event.by().sourceAddress()))
                .bind("requests", texts(events, event -> event.by().requestId()))
                .bind("traces", texts(events, event -> event.by().traceId()))
                .then();
    }

    private static String[] texts(List<AuditEvent> events, Function<AuditEvent, @Nullable String> field) {
        return events.stream().map(field).toArray(String[]::new);
    }

    private static long micros(AuditEvent event) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, event.at());
    }

    /// Records `from` to `to`, in order; at most `most`.
    public Flux<AuditRow> between(DatabaseClient client, TenantId tenant, long from, long to, int most) {
        return client.sql("SELECT " + AuditRow.COLUMNS + " FROM audit_event WHERE tenant_id = :tenant"
                        + " AND seq BETWEEN :from AND :to ORDER BY seq LIMIT :most")
                .bind("tenant", tenant.value())
                .bind("from", from)
                .bind("to", to)
                .bind("most", most)
                .map(row -> AuditRow.of(row))
                .all();
    }

    /// Records that fit a question, in order.
    Flux<AuditRow> matching(DatabaseClient client, TenantId tenant, AuditQuestion question) {
        return client.sql("SELECT " + AuditRow.COLUMNS + """
                         FROM audit_event WHERE tenant_id = :tenant AND seq > :after
                            AND (:action::text IS NULL OR action = :action OR action LIKE :below)
                            AND (:actor::text IS NULL OR actor = :actor)
                            AND (:from::timestamptz IS NULL OR at >= :from)
                            AND (:to::timestamptz IS NULL OR at < :to)
                        ORDER BY seq LIMIT :most""")
                .bind("tenant", tenant.value())
                .bind("after", question.after())
                .bind("action", Column.parameter(question.action(), String.class))
                .bind("below", Column.parameter(question.below(), String.class))
                .bind("actor", Column.parameter(question.actor(), String.class))
                .bind("from", Column.parameter(question.from(), Instant.class))
                .bind("to", Column.parameter(question.to(), Instant.class))
                .bind("most", question.limit())
                .map(row -> AuditRow.of(row))
                .all();
    }

    /// How many records there are, and the lowest and highest of their numbers.
    public Mono<Extent> extent(DatabaseClient client, TenantId tenant) {
        return client.sql("""
                        SELECT count(*), coalesce(min(seq), 1), coalesce(max(seq), 0) FROM audit_event
                        WHERE tenant_id = :tenant""")
                .bind("tenant", tenant.value())
                .map(row -> new Extent(number(row, 0), number(row, 1), number(row, 2)))
                .one();
    }

    /// The extent of a log.
    public record Extent(long count, long lowest, long highest) {}

    /// Where the numbers of a producer are not complete: the record that follows the first gap, if it has
    /// been there since before `since`, so that what is only late is not missed.
    public Mono<Gap> firstGap(DatabaseClient client, TenantId tenant, Instant since) {
        return client.sql("""
                        SELECT seq, producer, before + 1 AS missing FROM (
                            SELECT seq, producer, producer_sequence, stored_at,
                                lag(producer_sequence, 1, 0::bigint) OVER (PARTITION BY producer ORDER BY producer_sequence)
                                    AS before
                            FROM audit_event WHERE tenant_id = :tenant) numbered
                        WHERE producer_sequence <> before + 1 AND stored_at < :since ORDER BY seq LIMIT 1""")
                .bind("tenant", tenant.value())
                .bind("since", since)
                .map(row -> new Gap(
                        Column.of(row, "seq", Long.class),
                        Column.of(row, "producer", String.class),
                        Column.of(row, "missing", Long.class)))
                .one();
    }

    /// A number that was given and never arrived.
    public record Gap(long seq, String producer, long missing) {}

    private static long number(Readable row, int column) {
        Long value = row.get(column, Long.class);
        return value == null ? 0 : value;
    }
}
