package io.weir.r2dbc.placement.move;

import io.weir.r2dbc.placement.Jdbc;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantId;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A move as the registry holds it. Reads and writes go over a connection of the mover to the service's own database.
///
/// @param rowsTotal how many rows the copy found, 0 before it counted them
/// @param fences how many fences were given up
/// @param fenceMillis how long writers waited at the switch
public record Move(
        TenantId tenant,
        UUID id,
        String fromSite,
        String fromSchema,
        Placement target,
        String toSite,
        String toSchema,
        MoveState state,
        long rowsTotal,
        long rowsCopied,
        int fences,
        @Nullable Long fenceMillis,
        @Nullable String error,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant switchedAt) {

    private static final String SELECT = "SELECT * FROM placement.move ";
    private static final String BEFORE_SWITCH = "'copying', 'catching_up', 'fencing', 'verifying'";

    static void begin(Connection home, TenantId tenant, UUID id, Place from, Placement target, Place to)
            throws SQLException {
        Jdbc.update(
                home, """
                INSERT INTO placement.move (tenant, move_id, from_site, from_schema, target, to_site, to_schema, state)
                VALUES (?, ?, ?, ?, ?, ?, ?, 'copying')""", tenant.value(), id, from.site(), from.schema(), target.wireName(), to.site(), to.schema());
    }

    /// A schema of a site.
    record Place(String site, String schema) {}

    static List<Move> unfinished(Connection home) throws SQLException {
        return Jdbc.list(home, Move::of, SELECT + "WHERE ended_at IS NULL ORDER BY created_at");
    }

    /// Whether another move of the tenant is under way.
    boolean hasSuccessor(Connection home) throws SQLException {
        return Jdbc.first(
                        home,
                        row -> row.getInt(1),
                        "SELECT 1 FROM placement.move WHERE tenant = ? AND move_id <> ? AND ended_at IS NULL",
                        tenant.value(),
                        id)
                .isPresent();
    }

    static List<Move> uncleared(Connection home) throws SQLException {
        return Jdbc.list(home, Move::of, SELECT + "WHERE state = 'failed' AND NOT cleared ORDER BY created_at");
    }

    static Optional<Move> find(Connection home, TenantId tenant, UUID id) throws SQLException {
        return Jdbc.first(home, Move::of, SELECT + "WHERE tenant = ? AND move_id = ?", tenant.value(), id);
    }

    /// All that follow throw [IllegalStateException] and change nothing where the move has come further than
    /// is known here, by a commit of which nobody heard or by another mover. Where one is on its way, they
    /// wait for it.
    void enter(Connection home, MoveState next) throws SQLException {
        change(
                home,
                next.mayRollBack() ? BEFORE_SWITCH : "'switched', 'draining'",
                "state = ?, started_at = coalesce(started_at, now())",
                next.word());
    }

    void counted(Connection home, long total) throws SQLException {
        change(home, BEFORE_SWITCH, "rows_total = ?, rows_copied = 0", total);
    }

    void copied(Connection home, long rows) throws SQLException {
        change(home, BEFORE_SWITCH, "rows_copied = ?", rows);
    }

    void fenceGivenUp(Connection home, String why) throws SQLException {
        change(home, BEFORE_SWITCH, "state = 'catching_up', fences = fences + 1, error = ?", why);
    }

    void switched(Connection home, long fenceMillis) throws SQLException {
        change(home, "'verifying'", "state = 'switched', switched_at = now(), error = NULL, fence_ms = ?", fenceMillis);
    }

    void done(Connection home) throws SQLException {
        change(home, "'draining'", "state = ?, ended_at = now(), cleared = true, error = NULL", MoveState.DONE.word());
    }

    void rolledBack(Connection home, String why) throws SQLException {
        change(home, BEFORE_SWITCH, "state = 'rolled_back', ended_at = now(), cleared = true, error = ?", why);
    }

    void failed(Connection home, String why) throws SQLException {
        change(home, BEFORE_SWITCH, "state = 'failed', ended_at = now(), error = ?", why);
    }

    void cleared(Connection home) throws SQLException {
        change(home, "'failed'", "cleared = ?", true);
    }

    private void change(Connection home, String states, String assignments, Object value) throws SQLException {
        int rows = Jdbc.update(
                home,
                "UPDATE placement.move SET " + assignments + " WHERE tenant = ? AND move_id = ? AND state IN (" + states
                        + ")",
                value,
                tenant.value(),
                id);
        if (rows != 1) {
            throw new IllegalStateException(
                    "move " + id + " has come further than is known here (expected: " + states + ")");
        }
    }

    private static Move of(ResultSet row) throws SQLException {
        return new Move(
                new TenantId(row.getObject("tenant", UUID.class)),
                row.getObject("move_id", UUID.class),
                row.getString("from_site"),
                row.getString("from_schema"),
                Placement.valueOf(row.getString("target").toUpperCase(Locale.ROOT)),
                row.getString("to_site"),
                row.getString("to_schema"),
                MoveState.of(row.getString("state")),
                row.getLong("rows_total"),
                row.getLong("rows_copied"),
                row.getInt("fences"),
                row.getObject("fence_ms", Long.class),
                row.getString("error"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                instant(row, "started_at"),
                instant(row, "switched_at"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }

    @Override
    public String toString() {
        return "Move[" + id + " of " + tenant + " from " + fromSite + "/" + fromSchema + " to " + toSite + "/"
                + toSchema + ", " + state.word() + "]";
    }
}
