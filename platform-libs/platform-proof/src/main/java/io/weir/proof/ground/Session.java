package io.weir.proof.ground;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/// A connection of the real login role, in a transaction, on which anything at all may be sent: what an attacker has
/// who found a way to put statements into a tenant's transaction. For one thread.
public final class Session implements AutoCloseable {

    private final Connection connection;

    Session(Connection connection) {
        this.connection = connection;
    }

    /// Sends statements, as they are, and says what came back. An error is part of the answer; what was done before it
    /// in this call is undone, the rest of the transaction stays.
    public Answer send(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SAVEPOINT attack");
            try {
                Answer answer = sql.startsWith("COPY ") ? copy(sql) : execute(statement, sql);
                return answer;
            } catch (SQLException refused) {
                statement.execute("ROLLBACK TO SAVEPOINT attack");
                return new Answer(List.of(), 0, state(refused), String.valueOf(refused.getMessage()));
            }
        }
    }

    /// Makes what was done last, if it is allowed to.
    public void commit() throws SQLException {
        connection.commit();
    }

    private static Answer execute(Statement statement, String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        long changed = 0;
        boolean isRows = statement.execute(sql);
        while (true) {
            if (isRows) {
                try (ResultSet result = statement.getResultSet()) {
                    read(result, rows);
                }
            } else if (statement.getUpdateCount() >= 0) {
                changed += statement.getUpdateCount();
            } else {
                return new Answer(rows, changed, "", warnings(statement.getWarnings()));
            }
            isRows = statement.getMoreResults();
        }
    }

    private Answer copy(String sql) throws SQLException {
        CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
        try {
            if (sql.toUpperCase(Locale.ROOT).contains(" FROM STDIN")) {
                String[] parts = sql.split("\n", 2);
                return new Answer(List.of(), copies.copyIn(parts[0], new StringReader(parts[1])), "", "");
            }
            StringWriter out = new StringWriter();
            copies.copyOut(sql, out);
            return new Answer(out.toString().lines().toList(), 0, "", "");
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static void read(ResultSet result, List<String> rows) throws SQLException {
        int columns = result.getMetaData().getColumnCount();
        while (result.next()) {
            StringBuilder row = new StringBuilder();
            for (int column = 1; column <= columns; column++) {
                row.append(column == 1 ? "" : "|").append(result.getString(column));
            }
            rows.add(row.toString());
        }
    }

    private static String warnings(@Nullable SQLWarning first) {
        StringBuilder said = new StringBuilder();
        for (SQLWarning one = first; one != null; one = one.getNextWarning()) {
            said.append(one.getMessage()).append('\n');
        }
        return said.toString();
    }

    private static String state(SQLException refused) {
        return refused.getSQLState() == null ? "?????" : refused.getSQLState();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
