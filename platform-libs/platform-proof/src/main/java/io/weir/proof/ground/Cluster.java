package io.weir.proof.ground;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/// A PostgreSQL cluster, and how its superuser logs in.
public record Cluster(String host, int port, String superuser, String password) {

    /// @param database any of the cluster
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://" + host + ":" + port + "/" + database;
    }

    /// Runs statements as the superuser, past every policy.
    public void run(String database, String... statements) throws SQLException {
        try (Connection connection = open(database);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    Connection open(String database) throws SQLException {
        return DriverManager.getConnection(jdbcUrl(database), superuser, password);
    }

    @Override
    public String toString() {
        return "Cluster[" + host + ":" + port + "]";
    }
}
