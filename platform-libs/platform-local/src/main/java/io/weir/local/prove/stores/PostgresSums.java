package io.weir.local.prove.stores;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/// Of every row of every table of every database. Sequences are left out: a server that lost its power may have
/// skipped some numbers.
public final class PostgresSums {

    private static final String DATABASES =
            "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres' ORDER BY 1";
    private static final String TABLES = "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c"
            + " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r'"
            + " AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_t%' ORDER BY 1";

    private PostgresSums() {}

    /// Rows and sum, by database and table.
    ///
    /// @param url the JDBC URL of a database
    /// @param password of the superuser
    public static Map<String, String> of(UnaryOperator<String> url, String password) throws SQLException {
        Map<String, String> sums = new TreeMap<>();
        try (Connection server = DriverManager.getConnection(url.apply("postgres"), "postgres", password)) {
            for (String database : strings(server, DATABASES)) {
                try (Connection connection = DriverManager.getConnection(url.apply(database), "postgres", password)) {
                    for (String table : strings(connection, TABLES)) {
                        sums.put(database + "." + table, sum(connection, table));
                    }
                }
            }
        }
        return sums;
    }

    private static String sum(Connection connection, String table) throws SQLException {
        return strings(
                        connection,
                        "SELECT count(*) || ' rows, ' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM "
                                + table + " t")
                .getFirst();
    }

    private static List<String> strings(Connection connection, String sql) throws SQLException {
        List<String> strings = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                strings.add(rows.getString(1));
            }
        }
        return strings;
    }
}
