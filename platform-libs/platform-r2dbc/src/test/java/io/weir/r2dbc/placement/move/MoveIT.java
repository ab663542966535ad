package io.weir.r2dbc.placement.move;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.problem.PlatformException;
import io.weir.r2dbc.placement.Jdbc;
import io.weir.r2dbc.placement.Location;
import io.weir.r2dbc.placement.PlacedDatabase;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A tenant moves while it is read and written, while movers are killed, and while others look on.
class MoveIT {

    private static final Logger LOG = LoggerFactory.getLogger(MoveIT.class);
    static final Duration LONG = Duration.ofSeconds(90);

    // In the order in which a move comes by: each state, and what lies between two of them.
    private static final List<List<String>> POINTS = List.of(
            List.of("copying", "published", "copied", "catching_up", "fencing", "verifying", "switched", "draining"),
            List.of("prepared", "snapshot", "caught_up", "fenced", "verified", "departed", "announced", "cleared"),
            List.of("copied", "catching_up", "fenced", "verifying", "departing", "registered", "switched", "draining"));

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void nothingIsLostOrDoubledWhileMoversAreKilledAtEveryPoint() throws Exception {
        try (PlacedDatabase database = PlacedDatabase.create()) {
            TenantContext moving = database.provision(Placement.POOL);
            List<TenantContext> others = List.of(
                    database.provision(Placement.POOL),
                    database.provision(Placement.BRIDGE),
                    database.provision(Placement.SILO));
            fill(database, moving, 3_000);
            for (TenantContext other : others) {
                fill(database, other, 500);
            }
            Map<TenantId, String> before = checksums(database, others);
            Moves moves = moves(database);
            try (Traffic traffic = new Traffic(database, moving).start()) {
                List<Placement> targets = List.of(Placement.BRIDGE, Placement.SILO, Placement.POOL);
                for (int leg = 0; leg < targets.size(); leg++) {
                    Placement target = targets.get(leg);
                    int killed = moveWithKills(database, moves, moving, target, points(leg));
                    LOG.info(
                            "figures: to {}: {} movers killed, {} writes, {} reads, longest write {} ms, longest read {} ms",
                            target.wireName(),
                            killed,
                            traffic.written,
                            traffic.read,
                            millis(traffic.longestWrite.get()),
                            millis(traffic.longestRead.get()));
                    assertThat(database.location(moving.id()).placement()).isEqualTo(target);
                }
                traffic.close();
                assertThat(traffic.failures).isEmpty();
                assertThat(millis(traffic.longestWrite.get())).isLessThan(5_000);
                demandExactly(database, moving, traffic, 3_000);
            }
            assertThat(checksums(database, others)).isEqualTo(before);
            demandNothingLeft(database, moving);
        }
    }

    // With -Dweir.test.kill=all every leg is killed at every point, which takes minutes.
    private static List<String> points(int leg) {
        if (!"all".equals(System.getProperty("weir.test.kill"))) {
            return POINTS.get(leg);
        }
        List<String> all = new ArrayList<>(List.of(
                "copying",
                "prepared",
                "published",
                "snapshot",
                "copied",
                "catching_up",
                "caught_up",
                "fencing",
                "fenced",
                "verifying",
                "verified",
                "departing",
                "registered",
                "switched",
                "departed",
                "announced",
                "draining",
                "cleared"));
        if (leg < 2) {
            // What leaves the service's own database is switched in one transaction.
            all.removeAll(List.of("departing", "registered"));
        }
        return all;
    }

    private static int moveWithKills(
            PlacedDatabase database, Moves moves, TenantContext tenant, Placement target, List<String> killedAt)
            throws Exception {
        List<String> points = new ArrayList<>(killedAt);
        points.add("-");
        UUID id = moves.begin(tenant.id(), target, PlacedDatabase.schema(tenant.id()));
        List<Child> children = new ArrayList<>();
        try {
            for (int i = 0; i < points.size() - 1; i++) {
                // Writers wait for the next mover where the last one was killed in the middle of the switch: it must
                // be there by then, as the other instances of a service are.
                while (children.size() < Math.min(points.size(), i + 3)) {
                    children.add(Child.start(database, points.get(children.size())));
                }
                if (i == 0 || !points.get(i - 1).equals("departing")) {
                    for (Child child : children.subList(i, children.size())) {
                        child.awaitReady();
                    }
                }
                killAtItsPoint(children.get(i), points.get(i));
            }
            children.getLast().go();
            Eventually.passes(
                    LONG,
                    () -> assertThat(moves.find(tenant.id(), id).orElseThrow().state())
                            .isEqualTo(MoveState.DONE));
            Move move = moves.find(tenant.id(), id).orElseThrow();
            LOG.info("figures: {} rows copied, fence {} ms", move.rowsCopied(), move.fenceMillis());
        } finally {
            for (Child child : children) {
                child.kill();
            }
        }
        return points.size() - 1;
    }

    private static void killAtItsPoint(Child child, String point) throws Exception {
        child.go();
        assertThat(child.standsWithin(120))
                .as(() -> "stands at " + point + ", has said " + child.said())
                .isTrue();
        child.kill();
    }

    @Test
    void aTargetThatDiffersIsFoundAndTheTenantStays() throws Exception {
        try (PlacedDatabase database = PlacedDatabase.create()) {
            TenantContext tenant = database.provision(Placement.POOL);
            fill(database, tenant, 200);
            AtomicReference<String> seeded = new AtomicReference<>("");
            Moves moves = new Moves(
                    database.connections,
                    database.properties,
                    database.pools.proofKey(),
                    (moved, placement) -> {},
                    (move, point) -> {
                        if (point.equals("fenced")) {
                            seeded.set(corrupt(database, move));
                        }
                    });
            moves.runner().start();
            try (Traffic traffic = new Traffic(database, tenant).start()) {
                UUID id = moves.begin(tenant.id(), Placement.SILO, PlacedDatabase.schema(tenant.id()));
                Eventually.passes(
                        LONG,
                        () -> assertThat(moves.find(tenant.id(), id)
                                        .orElseThrow()
                                        .state())
                                .isEqualTo(MoveState.ROLLED_BACK));
                Move move = moves.find(tenant.id(), id).orElseThrow();
                assertThat(move.error()).contains("verification: table thing");
                traffic.close();
                assertThat(traffic.failures).isEmpty();
                demandExactly(database, tenant, traffic, 200);
            } finally {
                moves.runner().stop();
            }
            assertThat(seeded.get()).isEqualTo("1");
            assertThat(database.location(tenant.id())).isEqualTo(Location.POOL);
            demandNothingLeft(database, tenant);
        }
    }

    private static String corrupt(PlacedDatabase database, Move move) {
        try (Connection superuser = database.asSuperuser(database.name + "_" + move.toSite())) {
            return Integer.toString(Jdbc.update(superuser, "UPDATE thing SET stamp = 'changed' WHERE thing_id = 7"));
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Test
    void aTargetThatIsAwayFailsTheMoveAndNothingElse() throws Exception {
        try (PlacedDatabase database = PlacedDatabase.create()) {
            TenantContext tenant = database.provision(Placement.POOL);
            fill(database, tenant, 20);
            Moves moves = moves(database);
            UUID id = moves.begin(tenant.id(), Placement.SILO, PlacedDatabase.schema(tenant.id()));
            try (Connection superuser = database.asSuperuser(null)) {
                // Nothing listens there.
                Jdbc.run(superuser, "UPDATE placement.database SET host = '127.0.0.1', port = 9 WHERE kind = 'silo'");
                moves.runner().start();
                Eventually.passes(
                        LONG,
                        () -> assertThat(moves.find(tenant.id(), id)
                                        .orElseThrow()
                                        .state())
                                .isEqualTo(MoveState.FAILED));
                assertThat(moves.find(tenant.id(), id).orElseThrow().error()).contains("127.0.0.1:9");
                assertThat(database.location(tenant.id())).isEqualTo(Location.POOL);
                try (Traffic traffic = new Traffic(database, tenant).start()) {
                    Eventually.passes(() -> assertThat(traffic.written.get()).isGreaterThan(5));
                    assertThat(traffic.failures).isEmpty();
                }
                assertThat(slots(superuser, database)).isZero();
            } finally {
                moves.runner().stop();
            }
        }
    }

    @Test
    void aMoveToWhereTheTenantIsAndASecondMoveAreRefused() throws Exception {
        try (PlacedDatabase database = PlacedDatabase.create()) {
            TenantContext tenant = database.provision(Placement.POOL);
            Moves moves = moves(database);
            assertThatThrownBy(() -> moves.begin(tenant.id(), Placement.POOL, "tenant_x"))
                    .isInstanceOf(PlatformException.class)
                    .hasMessageContaining("in 'pool' already");
            moves.begin(tenant.id(), Placement.BRIDGE, "tenant_x");
            assertThatThrownBy(() -> moves.begin(tenant.id(), Placement.SILO, "tenant_x"))
                    .isInstanceOf(PlatformException.class)
                    .hasMessageContaining("being placed or moved already");
        }
    }

    @Test
    void aWriterThatDoesNotEndPutsTheFenceOff() throws Exception {
        try (PlacedDatabase database = PlacedDatabase.create()) {
            TenantContext tenant = database.provision(Placement.POOL);
            fill(database, tenant, 20);
            Moves moves = moves(database);
            try (Connection superuser = database.asSuperuser(null)) {
                superuser.setAutoCommit(false);
                Jdbc.list(
                        superuser,
                        row -> "",
                        "SELECT pg_advisory_xact_lock_shared(tenant.lock_key(?))",
                        tenant.id().value());
                moves.runner().start();
                UUID id = moves.begin(tenant.id(), Placement.BRIDGE, PlacedDatabase.schema(tenant.id()));
                Eventually.passes(
                        LONG,
                        () -> assertThat(moves.find(tenant.id(), id)
                                        .orElseThrow()
                                        .fences())
                                .isPositive());
                assertThat(database.location(tenant.id())).isEqualTo(Location.POOL);
                superuser.rollback();
                Eventually.passes(
                        LONG,
                        () -> assertThat(moves.find(tenant.id(), id)
                                        .orElseThrow()
                                        .state())
                                .isEqualTo(MoveState.DONE));
            } finally {
                moves.runner().stop();
            }
        }
    }

    static Moves moves(PlacedDatabase database) {
        return new Moves(
                database.connections,
                database.properties,
                database.pools.proofKey(),
                (tenant, placement) -> {},
                MoveObserver.none());
    }

    static void fill(PlacedDatabase database, TenantContext tenant, int rows) throws SQLException {
        Location there = database.location(tenant.id());
        try (Connection superuser =
                database.asSuperuser(database.site(tenant.id()).database())) {
            Jdbc.update(
                    superuser,
                    "INSERT INTO " + there.schema() + ".thing (tenant_id, thing_id, stamp, large)"
                            + " SELECT ?, n, 'filled', md5(n::text) FROM generate_series(1, ?) AS n",
                    tenant.id().value(),
                    rows);
        }
    }

    private static Map<TenantId, String> checksums(PlacedDatabase database, List<TenantContext> tenants)
            throws SQLException {
        Map<TenantId, String> all = new TreeMap<>();
        for (TenantContext tenant : tenants) {
            Location there = database.location(tenant.id());
            try (Connection superuser =
                    database.asSuperuser(database.site(tenant.id()).database())) {
                all.put(
                        tenant.id(),
                        Checksum.of(
                                        superuser,
                                        there.schema(),
                                        PlacedTable.of(superuser, there.schema(), database.name + "_mover"),
                                        tenant.id())
                                .toString());
            }
        }
        return all;
    }

    /// Each acknowledged write is there once, and nothing else.
    private static void demandExactly(PlacedDatabase database, TenantContext tenant, Traffic traffic, int filled)
            throws SQLException {
        Location there = database.location(tenant.id());
        try (Connection superuser =
                database.asSuperuser(database.site(tenant.id()).database())) {
            long rows = filled;
            long[] acknowledged = traffic.acknowledged();
            for (int writer = 0; writer < acknowledged.length; writer++) {
                long number = acknowledged[writer];
                assertThat(Jdbc.first(
                                superuser,
                                row -> row.getLong(1),
                                "SELECT counter FROM " + there.schema() + ".thing WHERE tenant_id = ? AND thing_id = ?",
                                tenant.id().value(),
                                -1L - writer))
                        .hasValue(number);
                rows += 1 + number - number / 10;
            }
            assertThat(Jdbc.first(
                            superuser,
                            row -> row.getLong(1),
                            "SELECT count(*) FROM " + there.schema() + ".thing WHERE tenant_id = ?",
                            tenant.id().value()))
                    .hasValue(rows);
        }
    }

    private static void demandNothingLeft(PlacedDatabase database, TenantContext tenant) throws SQLException {
        try (Connection superuser = database.asSuperuser(null)) {
            assertThat(slots(superuser, database)).isZero();
            assertThat(Jdbc.list(superuser, row -> row.getString(1), "SELECT pubname FROM pg_publication"))
                    .isEmpty();
            assertThat(Jdbc.list(
                            superuser,
                            row -> row.getString(1),
                            "SELECT nspname FROM pg_namespace WHERE nspname = ?",
                            PlacedDatabase.schema(tenant.id())))
                    .isEmpty();
            assertThat(Jdbc.list(superuser, row -> row.getLong(1), "SELECT applied FROM placement.arrival"))
                    .isEmpty();
            String digits = tenant.id().toString().replace("-", "");
            assertThat(Jdbc.list(
                            superuser,
                            row -> row.getString(1),
                            "SELECT datname FROM pg_database WHERE datname LIKE ?",
                            database.name + "_silo_" + digits.substring(digits.length() - 12) + "%"))
                    .isEmpty();
        }
    }

    private static long slots(Connection superuser, PlacedDatabase database) throws SQLException {
        return Jdbc.first(
                        superuser,
                        row -> row.getLong(1),
                        "SELECT count(*) FROM pg_replication_slots WHERE starts_with(database, ?)",
                        database.name)
                .orElse(0L);
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }
}
