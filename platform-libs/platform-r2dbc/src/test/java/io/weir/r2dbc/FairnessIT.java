package io.weir.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.governance.FairAdmission;
import io.weir.r2dbc.governance.GovernanceProperties;
import io.weir.r2dbc.governance.PlanCatalogue;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantScope;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// One tenant sends a thousand of the worst statements that it can, all at once and over and over; nobody else may see
/// an error. `-Dweir.fairness.seconds` makes it longer.
class FairnessIT {

    private static final Logger LOG = LoggerFactory.getLogger(FairnessIT.class);
    private static final Duration PHASE = Duration.ofSeconds(Integer.getInteger("weir.fairness.seconds", 5));
    private static final int CONNECTIONS = 10;
    private static final int GREEDY = 1_000;
    private static final int OTHERS = 8;

    // Of the greedy tenant's own, all of them: what a hole in the service's code would let through.
    private static final List<String> WORST = List.of(
            "SELECT count(*) FROM pg_sleep(60)",
            "SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b",
            "SELECT count(*) FROM (SELECT md5(g::text) m FROM generate_series(1, 20000000) g ORDER BY m) sorted",
            "SELECT count(*) FROM (SELECT 1 FROM note WHERE note_id = 1 FOR UPDATE) locked, pg_sleep(60)",
            "SELECT repeat('x', 1000) || g FROM generate_series(1, 5000000) g");

    private FreshDatabase database;
    private PostgresPools pools;
    private final FairAdmission admission =
            new FairAdmission(GovernanceProperties.defaults(), PlanCatalogue.delivered(), CONNECTIONS);

    @BeforeEach
    void open() throws SQLException {
        database = FreshDatabase.create();
        pools = database.open(CONNECTIONS);
    }

    @AfterEach
    void close() {
        pools.stop();
    }

    @Test
    void aThousandOfTheWorstStatementsOfOneTenantDisturbNobodyElse() throws SQLException {
        TenantTransaction transaction = pools.tenantTransaction(admission);
        List<TenantContext> others = tenants(OTHERS, "growth");
        TenantContext greedy = tenants(1, "enterprise").getFirst();
        database.asSuperuser("INSERT INTO note VALUES ('" + greedy.id() + "', 1, 'wanted by all')");

        measure(transaction, others, Duration.ofSeconds(2));
        Sample before = measure(transaction, others, PHASE);
        AtomicInteger refused = new AtomicInteger();
        List<Throwable> unforeseen = new ArrayList<>();
        Disposable storm = storm(transaction, greedy, refused, unforeseen);
        try {
            Sample during = measure(transaction, others, PHASE);
            LOG.info(
                    "fairness: others alone {}, beside {} refusals of the greedy one {}, p99 ratio {}",
                    before,
                    refused,
                    during,
                    Math.round(10.0 * during.percentile(99) / before.percentile(99)) / 10.0);
            assertThat(before.errors).isEmpty();
            assertThat(during.errors).isEmpty();
            assertThat(during.micros.size()).isGreaterThan(OTHERS * 10);
            // Else nothing was tried.
            assertThat(refused.get()).isGreaterThan(GREEDY / 2);
        } finally {
            storm.dispose();
        }
        assertThat(unforeseen).isEmpty();
    }

    // The positive control: without shares the same storm takes all connections, and others do fail.
    @Test
    void withoutSharesTheSameStormIsSeenToHurt() throws SQLException {
        TenantTransaction transaction = pools.tenantTransaction(Admission.open());
        List<TenantContext> others = tenants(OTHERS, "growth");
        TenantContext greedy = tenants(1, "enterprise").getFirst();
        database.asSuperuser("INSERT INTO note VALUES ('" + greedy.id() + "', 1, 'wanted by all')");
        Disposable storm = storm(transaction, greedy, new AtomicInteger(), new ArrayList<>());
        try {
            assertThat(measure(transaction, others, Duration.ofSeconds(2)).errors)
                    .isNotEmpty();
        } finally {
            storm.dispose();
        }
    }

    private static Disposable storm(
            TenantTransaction transaction, TenantContext greedy, AtomicInteger refused, List<Throwable> unforeseen) {
        return Flux.range(0, GREEDY)
                .flatMap(
                        i -> transaction
                                .inMany(client -> rows(client, WORST.get(i % WORST.size())))
                                .then()
                                .onErrorResume(failure -> {
                                    refused.incrementAndGet();
                                    boolean foreseen = failure instanceof PlatformException problem
                                            && (problem.type() == ProblemType.DATABASE_SHARE_EXHAUSTED
                                                    || problem.type() == ProblemType.SERVICE_UNAVAILABLE);
                                    if (!foreseen) {
                                        synchronized (unforeseen) {
                                            unforeseen.add(failure);
                                        }
                                    }
                                    return Mono.empty();
                                })
                                .then(Mono.delay(Duration.ofMillis(200)))
                                .repeat(),
                        GREEDY)
                .contextWrite(TenantScope.entering(greedy))
                .subscribe();
    }

    private static Flux<Object> rows(DatabaseClient client, String sql) {
        return client.sql(sql).map(row -> Column.first(row, Object.class)).all();
    }

    private static Sample measure(TenantTransaction transaction, List<TenantContext> tenants, Duration length) {
        Sample sample = new Sample();
        long end = System.nanoTime() + length.toNanos();
        Flux.fromIterable(tenants)
                .flatMap(
                        tenant -> Mono.defer(() -> read(transaction, tenant, sample))
                                .repeat(() -> System.nanoTime() < end),
                        tenants.size())
                .blockLast(length.plusSeconds(60));
        return sample;
    }

    private static Mono<Void> read(TenantTransaction transaction, TenantContext tenant, Sample sample) {
        return Mono.defer(() -> {
            long began = System.nanoTime();
            return transaction
                    .in(client -> client.sql("SELECT count(*) FROM note WHERE tenant_id = $1 AND note_id = 1")
                            .bind("$1", tenant.id().value())
                            .map(row -> Column.first(row, Long.class))
                            .one())
                    .contextWrite(TenantScope.entering(tenant))
                    .doOnNext(count -> sample.micros.add((System.nanoTime() - began) / 1_000))
                    .onErrorResume(failure -> {
                        sample.errors.add(failure);
                        return Mono.empty();
                    })
                    .then(Mono.delay(Duration.ofMillis(2)))
                    .then();
        });
    }

    private static List<TenantContext> tenants(int count, String plan) {
        List<TenantContext> tenants = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tenants.add(new TenantContext(new TenantId(UUID.randomUUID()), plan, Placement.POOL, "local"));
        }
        return tenants;
    }

    private static final class Sample {
        private final Queue<Long> micros = new ConcurrentLinkedQueue<>();
        private final Queue<Throwable> errors = new ConcurrentLinkedQueue<>();

        private long percentile(int percent) {
            List<Long> sorted = micros.stream().sorted().toList();
            return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
        }

        @Override
        public String toString() {
            return micros.size() + " reads, p50 " + percentile(50) + " us, p99 " + percentile(99) + " us, max "
                    + percentile(100) + " us, errors " + errors.size();
        }
    }
}
