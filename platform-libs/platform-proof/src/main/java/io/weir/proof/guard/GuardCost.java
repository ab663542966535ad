package io.weir.proof.guard;

import io.weir.proof.ground.Cluster;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantScope;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/// Measures what the guard adds to statements: entering the tenant, the policy, and the search functions, against the
/// same statement with an explicit filter and no policy. One connection each; the two alternate, each first in turn,
/// for a tenant chosen at random each time.
public final class GuardCost {

    /// What the issue of isolation allows the guard to add to a median.
    public static final Duration BAR = Duration.ofNanos(500_000);

    private static final Duration WAIT = Duration.ofSeconds(60);
    private static final String ROWS = " ORDER BY call_id LIMIT 20";
    private static final String OF = "SELECT call_id, cost FROM call WHERE tenant_id = :tenant AND ";

    private final Cluster cluster;
    private final int tenants;
    private final int rowsEach;
    private final int pairs;
    private final Random random;
    private final AtomicLong next = new AtomicLong(1_000_000_000);

    /// @param pairs measured for each shape
    public GuardCost(Cluster cluster, int tenants, int rowsEach, int pairs, long seed) {
        this.cluster = cluster;
        this.tenants = tenants;
        this.rowsEach = rowsEach;
        this.pairs = pairs;
        this.random = new Random(seed);
    }

    /// One kind of statement, in microseconds.
    ///
    /// @param added by the guard to the median
    public record Cost(
            String shape, double plainMedian, double guardedMedian, double added, double plainP99, double guardedP99) {

        public boolean withinBar() {
            return added < BAR.toNanos() / 1_000.0;
        }
    }

    private record Shape(String name, String guarded, String plain) {

        Shape(String name, String both) {
            this(name, both, both);
        }
    }

    private List<Shape> shapes() {
        return List.of(
                new Shape("point read", OF + "call_id = :number"),
                new Shape("range read, 20 rows", OF + "call_id > :number" + ROWS),
                new Shape(
                        "insert",
                        "INSERT INTO call VALUES (:tenant, :number, now(), 'model-1', 0.01, 10000, '{}', 'p', 'p:1')"
                                + " RETURNING call_id, cost"),
                new Shape(
                        "full-text, through the search function",
                        "SELECT call_id, cost FROM search_words('subject' || :number % 300, 20)",
                        OF + "words @@ plainto_tsquery('simple', 'subject' || :number % 300)" + ROWS),
                new Shape(
                        "json, through the search function",
                        "SELECT call_id, cost FROM search_facts(jsonb_build_object('team', :number % 40), 20)",
                        OF + "facts @> jsonb_build_object('team', :number % 40)" + ROWS),
                new Shape("numeric filter, on the micros column", OF + "cost_micros > :number * 130" + ROWS));
    }

    /// Makes the database in the cluster, which is best its own, and measures.
    public List<Cost> measured(Consumer<String> progress) throws SQLException {
        try (GuardGround ground = new GuardGround(cluster, "guard", tenants, rowsEach)) {
            ground.fill(progress);
            List<Cost> costs = new ArrayList<>();
            for (Shape shape : shapes()) {
                progress.accept(shape.name());
                run(ground, shape, Math.max(200, pairs / 4));
                costs.add(run(ground, shape, pairs));
            }
            return costs;
        }
    }

    private Cost run(GuardGround ground, Shape shape, int count) {
        List<Long> guarded = new ArrayList<>();
        List<Long> plain = new ArrayList<>();
        for (int pair = 0; pair < count; pair++) {
            UUID tenant = GuardGround.tenant(random.nextInt(tenants));
            long number = 1L + random.nextInt(rowsEach - 20);
            if (pair % 2 == 0) {
                guarded.add(guarded(ground, shape, tenant, number));
                plain.add(plain(ground, shape, tenant, number));
            } else {
                plain.add(plain(ground, shape, tenant, number));
                guarded.add(guarded(ground, shape, tenant, number));
            }
        }
        double without = at(plain, 0.5);
        double with = at(guarded, 0.5);
        return new Cost(shape.name(), without, with, with - without, at(plain, 0.99), at(guarded, 0.99));
    }

    private long guarded(GuardGround ground, Shape shape, UUID tenant, long number) {
        TenantContext context = new TenantContext(new TenantId(tenant), "growth", Placement.POOL, "local");
        return nanos(ground.guardedTransaction()
                .in(statement(shape.guarded(), shape, tenant, number))
                .contextWrite(TenantScope.entering(context)));
    }

    private long plain(GuardGround ground, Shape shape, UUID tenant, long number) {
        return nanos(ground.plainTransaction()
                .in("what a statement costs without the guard", statement(shape.plain(), shape, tenant, number)));
    }

    private Function<DatabaseClient, Mono<Long>> statement(String sql, Shape shape, UUID tenant, long number) {
        long bound = shape.name().equals("insert") ? next.incrementAndGet() : number;
        return client -> {
            DatabaseClient.GenericExecuteSpec statement = client.sql(sql).bind("number", bound);
            if (sql.contains(":tenant")) {
                statement = statement.bind("tenant", tenant);
            }
            return statement.map(row -> String.valueOf(row.get(1))).all().count();
        };
    }

    private static long nanos(Mono<Long> transaction) {
        long begin = System.nanoTime();
        transaction.block(WAIT);
        return System.nanoTime() - begin;
    }

    private static double at(List<Long> nanos, double part) {
        List<Long> sorted = new ArrayList<>(nanos);
        Collections.sort(sorted);
        return sorted.get((int) (part * (sorted.size() - 1))) / 1_000.0;
    }
}
