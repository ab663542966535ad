package io.weir.r2dbc.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.r2dbc.Column;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantScope;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Tenants begin at each placement, and their rows are there and nowhere else.
class PlacementIT {

    private static final Duration WAIT = Duration.ofSeconds(30);

    @ParameterizedTest
    @EnumSource(Placement.class)
    void aTenantsRowsAreWhereItIsPlaced(Placement placement) throws SQLException {
        try (PlacedDatabase database = PlacedDatabase.create()) {
            TenantContext tenant = database.provision(placement);
            write(database, tenant);
            assertThat(read(database, tenant)).containsExactly(tenant.id().toString());
            Location there = database.location(tenant.id());
            assertThat(there.placement()).isEqualTo(placement);
            assertThat(rows(database, database.site(tenant.id()).database(), there.schema()))
                    .isOne();
            if (placement != Placement.POOL) {
                assertThat(rows(database, null, "public")).isZero();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Placement.class)
    void atEachPlacementATenantSeesOnlyItsOwn(Placement placement) throws SQLException {
        try (PlacedDatabase database = PlacedDatabase.create()) {
            TenantContext tenant = database.provision(placement);
            write(database, tenant);
            // A foreign row in the tenant's own schema or database, as if a move had gone wrong.
            Location there = database.location(tenant.id());
            try (Connection superuser =
                    database.asSuperuser(database.site(tenant.id()).database())) {
                Jdbc.update(
                        superuser,
                        "INSERT INTO " + there.schema()
                                + ".thing (tenant_id, thing_id, stamp) VALUES (?, 1, 'foreign')",
                        UUID.randomUUID());
            }
            assertThat(read(database, tenant)).containsExactly(tenant.id().toString());
        }
    }

    @Test
    void manyWhoPrepareOnePlaceAtOnceAllSucceed() throws Exception {
        try (PlacedDatabase database = PlacedDatabase.create();
                ExecutorService threads = Executors.newFixedThreadPool(6)) {
            SiteDatabase home = database.connections.home();
            for (int round = 0; round < 3; round++) {
                String schema = "tenant_" + round;
                List<Callable<Void>> making = Collections.nCopies(6, () -> {
                    database.maker.makeSchema(home, schema);
                    return null;
                });
                for (Future<Void> made : threads.invokeAll(making, 60, TimeUnit.SECONDS)) {
                    made.get();
                }
            }
        }
    }

    @Test
    void theNextBridgeOpensAtEightyPercentAndAFullOneIsNamed() throws SQLException {
        try (PlacedDatabase database = PlacedDatabase.create(5, 2, 4)) {
            for (int i = 0; i < 4; i++) {
                assertThat(database.location(
                                        database.provision(Placement.BRIDGE).id())
                                .site())
                        .isEqualTo("home");
            }
            TenantContext fifth = database.provision(Placement.BRIDGE);
            assertThat(database.location(fifth.id()).site()).isEqualTo("bridge_1");
            write(database, fifth);
            assertThat(read(database, fifth)).containsExactly(fifth.id().toString());
            for (int i = 0; i < 5; i++) {
                database.provision(Placement.BRIDGE);
            }
            assertThat(database.placements.capacity())
                    .containsExactly(
                            new Placements.Capacity("home", "home", 5, 5),
                            new Placements.Capacity("bridge_1", "bridge", 5, 5));
            assertThatThrownBy(() -> database.provision(Placement.BRIDGE)).hasMessageContaining("cap of 5");
            assertThat(database.location(database.provision(Placement.POOL).id())
                            .site())
                    .isEqualTo("home");
        }
    }

    @Test
    void whatACrashedProvisioningLeftIsRemoved() throws SQLException {
        try (PlacedDatabase database = PlacedDatabase.create()) {
            TenantId bridge = new TenantId(UUID.randomUUID());
            TenantId silo = new TenantId(UUID.randomUUID());
            database.placements.reserve(bridge, Placement.BRIDGE, PlacedDatabase.schema(bridge));
            Location lost = database.placements.reserve(silo, Placement.SILO, "tenant_lost");
            TenantContext kept = database.provision(Placement.SILO);
            String keptDatabase = database.site(kept.id()).database();
            try (Connection superuser = database.asSuperuser(null)) {
                database.placements.sweep();
                assertThat(exists(superuser, database.name + "_" + lost.site())).isTrue();
                Jdbc.update(superuser, "UPDATE placement.site SET changed_at = changed_at - interval '1 hour'");
                Jdbc.update(superuser, "UPDATE placement.database SET created_at = created_at - interval '1 hour'");
                database.placements.sweep();
                assertThat(exists(superuser, database.name + "_" + lost.site())).isFalse();
                assertThat(exists(superuser, keptDatabase)).isTrue();
                assertThat(Jdbc.list(
                                superuser,
                                row -> row.getString(1),
                                "SELECT nspname FROM pg_namespace WHERE nspname = ?",
                                PlacedDatabase.schema(bridge)))
                        .isEmpty();
            }
        }
    }

    static void write(PlacedDatabase database, TenantContext tenant) {
        database.transaction
                .placed(client -> client.sql(
                                "INSERT INTO thing (tenant_id, thing_id, stamp) VALUES (:tenant, 1, :stamp)")
                        .bind("tenant", tenant.id().value())
                        .bind("stamp", tenant.id().toString())
                        .then())
                .contextWrite(TenantScope.entering(tenant))
                .block(WAIT);
    }

    // Without a predicate: the policy stands alone.
    static List<String> read(PlacedDatabase database, TenantContext tenant) {
        List<String> stamps = database.transaction
                .placedRead(client -> client.sql("SELECT stamp FROM thing")
                        .map(row -> Column.first(row, String.class))
                        .all())
                .contextWrite(TenantScope.entering(tenant))
                .collectList()
                .block(WAIT);
        return stamps == null ? List.of() : stamps;
    }

    private static long rows(PlacedDatabase database, @org.jspecify.annotations.Nullable String in, String schema)
            throws SQLException {
        try (Connection superuser = database.asSuperuser(in)) {
            return Jdbc.first(superuser, row -> row.getLong(1), "SELECT count(*) FROM " + schema + ".thing")
                    .orElse(0L);
        }
    }

    private static boolean exists(Connection superuser, String database) throws SQLException {
        return Jdbc.first(superuser, row -> 1, "SELECT 1 FROM pg_database WHERE datname = ?", database)
                .isPresent();
    }
}
