package io.weir.tenant.audit.intake;

import io.weir.audit.AuditEvent;
import io.weir.r2dbc.TenantTransaction;
import io.weir.tenancy.TenantId;
import io.weir.tenant.audit.AuditRecords;
import io.weir.tenant.audit.AuditRecords.Known;
import io.weir.tenant.audit.TenantLogs;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Puts events behind the end of their tenant's log, each once: an event is known by its producer and
/// number.
@Component
final class AuditIntake {

    private final TenantLogs logs;
    private final TenantTransaction transaction;
    private final AuditRecords records;
    private final Clock clock;

    AuditIntake(TenantLogs logs, TenantTransaction transaction, AuditRecords records, Clock clock) {
        this.logs = logs;
        this.transaction = transaction;
        this.records = records;
        this.clock = clock;
    }

    /// What became of a batch.
    ///
    /// @param added how many are new
    /// @param contradicting those whose number another event has
    record Taken(int added, List<AuditEvent> contradicting) {}

    /// Answers after the commit. Fails with a 404 when there is no such tenant.
    Mono<Taken> take(TenantId tenant, List<AuditEvent> events) {
        return logs.acting(
                tenant,
                transaction.placed(client -> records.lockedHead(client, tenant)
                        .flatMap(last -> records.known(client, tenant, events)
                                .collectList()
                                .flatMap(known -> add(client, tenant, last, Sorted.of(events, known))))));
    }

    private Mono<Taken> add(DatabaseClient client, TenantId tenant, long last, Sorted sorted) {
        Taken taken = new Taken(sorted.fresh().size(), sorted.contradicting());
        return sorted.fresh().isEmpty()
                ? Mono.just(taken)
                : records.append(client, tenant, last, clock.instant(), sorted.fresh())
                        .thenReturn(taken);
    }

    /// A batch by what is known already.
    record Sorted(List<AuditEvent> fresh, List<AuditEvent> contradicting) {

        private record Place(String producer, long number) {}

        static Sorted of(List<AuditEvent> events, List<Known> known) {
            Map<Place, UUID> taken = new HashMap<>();
            known.forEach(one -> taken.put(new Place(one.producer(), one.number()), one.event()));
            Map<Place, AuditEvent> fresh = new LinkedHashMap<>();
            List<AuditEvent> contradicting = new ArrayList<>();
            for (AuditEvent event : events) {
                Place place = new Place(event.producer(), event.sequence());
                UUID there = taken.putIfAbsent(place, event.id());
                if (there == null) {
                    fresh.put(place, event);
                } else if (!there.equals(event.id())) {
                    contradicting.add(event);
                }
            }
            return new Sorted(List.copyOf(fresh.values()), List.copyOf(contradicting));
        }
    }
}
