package io.weir.r2dbc.placement.move;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.r2dbc.Column;
import io.weir.r2dbc.placement.Jdbc;
import io.weir.r2dbc.placement.Location;
import io.weir.r2dbc.placement.PlacedDatabase;
import io.weir.r2dbc.placement.PlacementRegistry;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantScope;
import io.weir.testing.Eventually;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// What is taken back after a failure is never what the tenant lives on by then.
class MoveRecoveryIT {

    // The same place again, as an operator tries it once the target is back: what the first attempt left there must not
    // be cleared any more.
    @Test
    void whatAFailedMoveLeftIsNotClearedOnceTheTenantLivesThere() throws Exception {
        try (PlacedDatabase database = PlacedDatabase.create()) {
            TenantContext tenant = database.provision(Placement.POOL);
            MoveIT.fill(database, tenant, 20);
            Moves moves = MoveIT.moves(database);
            UUID failed = moves.begin(tenant.id(), Placement.SILO, PlacedDatabase.schema(tenant.id()));
            try (Connection superuser = database.asSuperuser(null)) {
                Jdbc.run(superuser, "UPDATE placement.database SET host = '127.0.0.1', port = 9 WHERE kind = 'silo'");
                moves.runner().start();
                awaitState(moves, tenant, failed, MoveState.FAILED);
                Jdbc.run(superuser, "UPDATE placement.database SET host = NULL, port = NULL WHERE kind = 'silo'");
                UUID second = moves.begin(tenant.id(), Placement.SILO, PlacedDatabase.schema(tenant.id()));
                awaitState(moves, tenant, second, MoveState.DONE);
                Location there = database.location(tenant.id());
                assertThat(moves.find(tenant.id(), failed).orElseThrow().toSite())
                        .isEqualTo(there.site());
                // Each runner begins with what former moves left.
                Moves next = MoveIT.moves(database);
                next.runner().start();
                Eventually.passes(
                        MoveIT.LONG,
                        () -> assertThat(Jdbc.first(
                                        superuser,
                                        row -> row.getBoolean(1),
                                        "SELECT cleared FROM placement.move WHERE move_id = ?",
                                        failed))
                                .hasValue(true));
                next.runner().stop();
                assertThat(rows(database, tenant)).isEqualTo(20);
                assertThat(database.location(tenant.id())).isEqualTo(there);
            } finally {
                moves.runner().stop();
            }
        }
    }

    // The mover's connection breaks as it commits the switch, and the server commits nevertheless, a moment later.
    @Test
    void aSwitchThatNobodyHeardOfIsNotTakenBack() throws Exception {
        try (PlacedDatabase database = PlacedDatabase.create();
                Connection switching = database.asSuperuser(null);
                Connection superuser = database.asSuperuser(null)) {
            TenantContext tenant = database.provision(Placement.POOL);
            MoveIT.fill(database, tenant, 20);
            switching.setAutoCommit(false);
            AtomicBoolean broken = new AtomicBoolean();
            Moves moves = new Moves(
                    database.connections,
                    database.properties,
                    database.pools.proofKey(),
                    (moved, placement) -> {},
                    (move, point) -> {
                        if (point.equals("verified") && broken.compareAndSet(false, true)) {
                            switchedUnheard(switching, move);
                            throw new MoveFailedException("the connection broke", null);
                        }
                    });
            moves.runner().start();
            try {
                UUID id = moves.begin(tenant.id(), Placement.SILO, PlacedDatabase.schema(tenant.id()));
                Eventually.passes(
                        MoveIT.LONG,
                        () -> assertThat(Jdbc.list(
                                        superuser,
                                        row -> row.getInt(1),
                                        "SELECT pid FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"
                                                + " AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname ="
                                                + " current_database())"))
                                .isNotEmpty());
                switching.commit();
                awaitState(moves, tenant, id, MoveState.DONE);
                assertThat(database.location(tenant.id()).placement()).isEqualTo(Placement.SILO);
                assertThat(rows(database, tenant)).isEqualTo(20);
            } finally {
                moves.runner().stop();
            }
        }
    }

    private static void switchedUnheard(Connection switching, Move move) {
        try {
            PlacementRegistry.place(
                    switching, move.tenant(), new Location(move.toSite(), move.toSchema(), move.target(), 1));
            Ends.markDeparted(switching, move.tenant(), move.fromSchema());
            move.switched(switching, 1);
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Test
    void whoTakesAMoveForWhatItWasChangesNothing() throws Exception {
        try (PlacedDatabase database = PlacedDatabase.create();
                Connection superuser = database.asSuperuser(null)) {
            TenantContext tenant = database.provision(Placement.POOL);
            Moves moves = MoveIT.moves(database);
            UUID id = moves.begin(tenant.id(), Placement.BRIDGE, PlacedDatabase.schema(tenant.id()));
            Move stale = moves.find(tenant.id(), id).orElseThrow();
            assertThatThrownBy(() -> stale.switched(superuser, 1)).isInstanceOf(IllegalStateException.class);
            Jdbc.run(superuser, "UPDATE placement.move SET state = 'switched'");
            assertThatThrownBy(() -> stale.enter(superuser, MoveState.COPYING))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> stale.fenceGivenUp(superuser, "late")).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> stale.rolledBack(superuser, "late")).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> stale.failed(superuser, "late")).isInstanceOf(IllegalStateException.class);
            assertThat(moves.find(tenant.id(), id).orElseThrow().state()).isEqualTo(MoveState.SWITCHED);
        }
    }

    private static void awaitState(Moves moves, TenantContext tenant, UUID id, MoveState state) {
        Eventually.passes(
                MoveIT.LONG,
                () -> assertThat(moves.find(tenant.id(), id).orElseThrow().state())
                        .isEqualTo(state));
    }

    private static long rows(PlacedDatabase database, TenantContext tenant) {
        return database.transaction
                .placedRead(client -> client.sql("SELECT thing_id FROM thing WHERE tenant_id = :tenant")
                        .bind("tenant", tenant.id().value())
                        .map(row -> Column.of(row, "thing_id", Long.class))
                        .all())
                .contextWrite(TenantScope.entering(tenant))
                .count()
                .blockOptional(MoveIT.LONG)
                .orElse(0L);
    }
}
