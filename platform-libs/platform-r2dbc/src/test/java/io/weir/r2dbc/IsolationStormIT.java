package io.weir.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantScope;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Many tenants on few connections, one call in five cancelled; each row is stamped with its tenant. The same storm
/// with a seeded fault must see foreign rows, or the check would prove nothing.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IsolationStormIT {

    private static final int TENANTS = 50;
    private static final int CALLS = 6_000;
    private static final int WORKERS = 16;

    private final List<TenantContext> tenants = new ArrayList<>();
    private FreshDatabase database;
    private PostgresPools pools;

    @BeforeAll
    void fill() throws SQLException {
        database = FreshDatabase.create();
        pools = database.open(4);
        StringBuilder rows = new StringBuilder("INSERT INTO note VALUES ");
        for (int i = 0; i < TENANTS; i++) {
            TenantContext tenant =
                    new TenantContext(new TenantId(UUID.randomUUID()), "growth", Placement.POOL, "local");
            tenants.add(tenant);
            rows.append(i == 0 ? "" : ", ")
                    .append("('")
                    .append(tenant.id())
                    .append("', 1, '")
                    .append(tenant.id())
                    .append("')");
        }
        database.asSuperuser(rows.toString());
    }

    @AfterAll
    void close() {
        pools.stop();
    }

    @Test
    void noRowOfAnotherTenantIsEverSeen() {
        Sightings sightings = storm();
        assertThat(sightings.foreign.get()).isZero();
        assertThat(sightings.own.get()).isGreaterThan(CALLS / 2L);
    }

    @Test
    void theSameStormSeesASeededFault() throws SQLException {
        database.asSuperuser("CREATE POLICY leak ON note FOR SELECT TO " + database.name
                + "_app USING (note_id = 1 AND random() < 0.01)");
        try {
            assertThat(storm().foreign.get()).isPositive();
        } finally {
            database.asSuperuser("DROP POLICY leak ON note");
        }
    }

    private Sightings storm() {
        Random random = new Random(42);
        Sightings sightings = new Sightings();
        TenantTransaction transaction = pools.tenantTransaction();
        Flux.range(0, CALLS)
                .map(i -> tenants.get(random.nextInt(TENANTS)))
                .flatMap(
                        tenant -> call(transaction, tenant, random.nextInt(5) == 0, random.nextInt(3_000), sightings),
                        WORKERS)
                .blockLast(Duration.ofMinutes(2));
        return sightings;
    }

    private static Mono<Void> call(
            TenantTransaction transaction, TenantContext tenant, boolean cancelled, int micros, Sightings sightings) {
        Mono<Void> call = transaction
                .in(client -> stamps(client)
                        .doOnNext(stamp -> sightings.saw(tenant, stamp))
                        .then())
                .contextWrite(TenantScope.entering(tenant));
        return cancelled ? call.timeout(Duration.ofNanos(micros * 1_000L)).onErrorComplete() : call;
    }

    // Without a predicate: the policy stands alone.
    private static Flux<String> stamps(DatabaseClient client) {
        return client.sql("SELECT text FROM note")
                .map(row -> Column.first(row, String.class))
                .all();
    }

    private static final class Sightings {
        private final AtomicLong own = new AtomicLong();
        private final AtomicLong foreign = new AtomicLong();

        void saw(TenantContext tenant, String stamp) {
            (stamp.equals(tenant.id().toString()) ? own : foreign).incrementAndGet();
        }
    }
}
