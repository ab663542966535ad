package io.weir.r2dbc.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class BackfillIT {

    private static final int ROWS = 5_000;

    @Test
    void fillsEveryRowOnceInOrderAndContinuesWhereItWasPaused() throws SQLException {
        FleetDatabase database = new FleetDatabase();
        database.run(
                "CREATE TABLE item (id int PRIMARY KEY, text text, filled int NOT NULL DEFAULT 0)",
                "INSERT INTO item (id, text) SELECT g, 'x' FROM generate_series(1, " + ROWS + ") g");
        Backfill<Integer> backfill = new Backfill<>(source(database), Duration.ofMillis(20));
        List<Integer> keys = new ArrayList<>();
        Integer last = backfill.run(null, BackfillIT::fill, keys::add, () -> keys.size() == 3);
        assertThat(last).isBetween(1, ROWS - 1);
        assertThat(backfill.run(last, BackfillIT::fill, keys::add, () -> false)).isEqualTo(ROWS);
        assertThat(keys).isSorted();
        assertThat(database.one("SELECT count(*) FROM item WHERE filled = 1")).isEqualTo(String.valueOf(ROWS));
    }

    @Test
    void aBatchThatFailsIsRolledBackAndThoseBeforeItStay() throws SQLException {
        FleetDatabase database = new FleetDatabase();
        database.run(
                "CREATE TABLE item (id int PRIMARY KEY, text text, filled int NOT NULL DEFAULT 0)",
                "INSERT INTO item (id, text) SELECT g, 'x' FROM generate_series(1, 300) g",
                "ALTER TABLE item ADD CONSTRAINT stop CHECK (filled = 0 OR id < 150) NOT VALID");
        Backfill<Integer> backfill = new Backfill<>(source(database), Duration.ofMillis(20));
        assertThatThrownBy(() -> backfill.run(null, BackfillIT::fill, key -> {}, () -> false))
                .hasMessageContaining("stop");
        assertThat(database.one("SELECT count(*) FROM item WHERE filled = 1")).isEqualTo("100");
    }

    @Test
    void theGovernorMakesBatchesFitTheirTime() throws SQLException {
        Backfill<Integer> backfill = new Backfill<>(source(new FleetDatabase()), Duration.ofMillis(200));
        assertThat(backfill.governed(1_000, Duration.ofMillis(400).toNanos())).isEqualTo(500);
        assertThat(backfill.governed(1_000, Duration.ofMillis(1).toNanos())).isEqualTo(2_000);
        assertThat(backfill.governed(20, Duration.ofSeconds(60).toNanos())).isEqualTo(10);
    }

    private static @Nullable Integer fill(Connection connection, @Nullable Integer after, int rows)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("""
                WITH next AS (SELECT id FROM item WHERE id > ? ORDER BY id LIMIT ?),
                    done AS (UPDATE item SET filled = filled + 1 FROM next WHERE item.id = next.id RETURNING item.id)
                SELECT max(id) FROM done""")) {
            update.setInt(1, after == null ? 0 : after);
            update.setInt(2, rows);
            try (ResultSet result = update.executeQuery()) {
                result.next();
                int last = result.getInt(1);
                return result.wasNull() ? null : last;
            }
        }
    }

    private static PGSimpleDataSource source(FleetDatabase database) throws SQLException {
        MigrationTarget target = database.schema("public", "fleet/labels");
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(target.jdbcUrl());
        source.setUser(target.user());
        source.setPassword(target.password());
        return source;
    }
}
