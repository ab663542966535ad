package io.weir.local.prove.books;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/// The budgets' own rows in Postgres: what was debited for good, and what processes still have leases of.
public final class DebitBook {

    private final String url;
    private final String password;

    /// @param leased not zero: some process may still settle against it
    public record Debits(long settled, long leased) {}

    /// @param url JDBC, of the orchestration service's database
    public DebitBook(String url, String password) {
        this.url = url;
        this.password = password;
    }

    /// By tenant, all windows together.
    public Map<String, Debits> all() throws SQLException {
        Map<String, Debits> all = new HashMap<>();
        try (Connection connection = DriverManager.getConnection(url, "postgres", password);
                PreparedStatement statement = connection.prepareStatement(
                        "SELECT tenant_id::text, sum(settled)::text, sum(leased)::text FROM budget_window GROUP BY 1");
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                all.put(rows.getString(1), new Debits(Money.of(rows.getString(2)), Money.of(rows.getString(3))));
            }
        }
        return all;
    }
}
