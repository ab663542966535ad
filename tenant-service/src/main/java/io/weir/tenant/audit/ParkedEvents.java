package io.weir.tenant.audit;

import io.weir.audit.AuditCodec;
import io.weir.audit.AuditEvent;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.tenancy.TenantId;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Events of tenants whose log cannot be reached now, kept in the service's own database in the order of the topic.
/// There is room for so many; who finds none left has to wait itself. Parking one twice changes nothing.
@Component
public final class ParkedEvents {

    private static final String REASON = "audit events wait for their tenant's database";

    private final PlatformTransaction platform;
    private final long most;

    ParkedEvents(PlatformTransaction platform, AuditProperties properties) {
        this.platform = platform;
        this.most = properties.parkedMost();
    }

    /// An event by its place on the topic.
    public record Parked(int partition, long offset, AuditEvent event) {}

    /// Those of the tenants that have parked events: what comes later must queue behind them.
    public Mono<Set<TenantId>> among(Collection<TenantId> tenants) {
        return platform.in(
                REASON,
                client -> client.sql("SELECT DISTINCT tenant_id FROM audit_parked WHERE tenant_id = ANY(:tenants)")
                        .bind("tenants", tenants.stream().map(TenantId::value).toArray(UUID[]::new))
                        .map(row -> new TenantId(Column.first(row, UUID.class)))
                        .all()
                        .collect(Collectors.toSet()));
    }

    /// All tenants that have parked events.
    public Mono<List<TenantId>> tenants() {
        return platform.in(
                REASON,
                client -> client.sql("SELECT DISTINCT tenant_id FROM audit_parked")
                        .map(row -> new TenantId(Column.first(row, UUID.class)))
                        .all()
                        .collectList());
    }

    /// Fails with a 503 where there is no room for them.
    public Mono<Void> park(TenantId tenant, List<Parked> events) {
        return platform.in(
                REASON,
                client -> client.sql("SELECT count(*) FROM audit_parked")
                        .map(row -> Column.first(row, Long.class))
                        .one()
                        .doOnNext(used -> demandRoom(used, events.size()))
                        .then(Mono.defer(() -> insert(client, tenant, events))));
    }

    private void demandRoom(long used, int more) {
        if (used + more > most) {
            throw new PlatformException(
                    ProblemType.SERVICE_UNAVAILABLE,
                    used + " audit events wait for tenants' databases, and there is room for " + most
                            + " (weir.audit.parked-most).");
        }
    }

    private static Mono<Void> insert(DatabaseClient client, TenantId tenant, List<Parked> events) {
        return bound(client.sql("""
                                INSERT INTO audit_parked (tenant_id, partition_no, offset_no, payload)
                                SELECT :tenant, * FROM unnest(:partitions, :offsets, :payloads) ON CONFLICT DO NOTHING"""), tenant, events)
                .bind("payloads", array(events, one -> text(one.event()), String[]::new))
                .then();
    }

    /// The first ones of the tenant.
    public Mono<List<Parked>> first(TenantId tenant, int atMost) {
        return platform.in(
                REASON,
                client -> client.sql("SELECT partition_no, offset_no, payload FROM audit_parked"
                                + " WHERE tenant_id = :tenant ORDER BY partition_no, offset_no LIMIT :most")
                        .bind("tenant", tenant.value())
                        .bind("most", atMost)
                        .map(row -> new Parked(
                                Column.of(row, "partition_no", Integer.class),
                                Column.of(row, "offset_no", Long.class),
                                AuditCodec.read(
                                        Column.of(row, "payload", String.class).getBytes(StandardCharsets.UTF_8))))
                        .all()
                        .collectList());
    }

    /// Forgets those that are in the log now.
    public Mono<Void> remove(TenantId tenant, List<Parked> events) {
        return platform.in(
                REASON, client -> bound(client.sql("""
                                        DELETE FROM audit_parked WHERE tenant_id = :tenant AND (partition_no, offset_no) IN (
                                            SELECT * FROM unnest(:partitions, :offsets))"""), tenant, events).then());
    }

    /// Forgets all of the tenant, which is erased, in the client's transaction.
    public Mono<Void> forget(DatabaseClient client, TenantId tenant) {
        return client.sql("DELETE FROM audit_parked WHERE tenant_id = :tenant")
                .bind("tenant", tenant.value())
                .then();
    }

    private static DatabaseClient.GenericExecuteSpec bound(
            DatabaseClient.GenericExecuteSpec statement, TenantId tenant, List<Parked> events) {
        return statement
                .bind("tenant", tenant.value())
                .bind("partitions", array(events, Parked::partition, Integer[]::new))
                .bind("offsets", array(events, Parked::offset, Long[]::new));
    }

    private static <T> T[] array(List<Parked> events, Function<Parked, T> field, IntFunction<T[]> maker) {
        return events.stream().map(field).toArray(maker);
    }

    private static String text(AuditEvent event) {
        return new String(AuditCodec.write(event), StandardCharsets.UTF_8);
    }
}
