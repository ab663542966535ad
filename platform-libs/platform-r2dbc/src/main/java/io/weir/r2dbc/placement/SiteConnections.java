package io.weir.r2dbc.placement;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.DatabaseRoles;
import io.weir.r2dbc.PostgresProperties;
import io.weir.r2dbc.Site;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;

/// Opens connections to sites over JDBC, for the work of placing and moving. Each call opens a new one, its caller
/// closes it.
public final class SiteConnections {

    private final PostgresProperties home;
    private final DatabaseRoles roles;

    public SiteConnections(PostgresProperties home) {
        this.home = home;
        this.roles = new DatabaseRoles(home.database());
    }

    public DatabaseRoles roles() {
        return roles;
    }

    /// The service's own database.
    public SiteDatabase home() {
        return new SiteDatabase(Site.HOME, SiteKind.HOME, null, null, home.database(), null);
    }

    /// Whether this installation places tenants elsewhere than in the pool: it has the logins for it.
    public boolean canPlace() {
        return home.mover() != null && home.provisioner() != null;
    }

    /// The service's logins at the site.
    public PostgresProperties at(SiteDatabase site) {
        String host = site.host();
        Integer port = site.port();
        return home.at(host == null ? home.host() : host, port == null ? home.port() : port, site.database());
    }

    /// As the role that copies rows and keeps the registry.
    public Connection mover(SiteDatabase site) throws SQLException {
        return open(site, demand(home.mover(), "mover"), new Properties());
    }

    /// As [#mover], to make a replication slot.
    public Connection replication(SiteDatabase site) throws SQLException {
        Properties properties = new Properties();
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "15");
        return open(site, demand(home.mover(), "mover"), properties);
    }

    /// As the owner of tables and schemas.
    public Connection owner(SiteDatabase site) throws SQLException {
        Connection connection = migrator(site);
        Jdbc.run(connection, "SET ROLE " + roles.owner());
        return connection;
    }

    /// As the role that migrates, which may become the owner.
    public Connection migrator(SiteDatabase site) throws SQLException {
        return open(site, home.migrator(), new Properties());
    }

    /// As the role that makes databases.
    public Connection provisioner(SiteDatabase site) throws SQLException {
        return open(site, demand(home.provisioner(), "provisioner"), new Properties());
    }

    /// Ends this service's sessions in a database of its own cluster, in all processes. Each role ends its own: nobody
    /// needs the right to end those of others.
    void endSessions(SiteDatabase site) throws SQLException {
        for (PostgresProperties.Login login :
                Arrays.asList(home.app(), home.platform(), home.migrator(), home.mover())) {
            if (login != null) {
                try (Connection own = open(home(), login, new Properties())) {
                    Jdbc.list(
                            own,
                            row -> "",
                            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                                    + " WHERE datname = ? AND usename = current_user",
                            site.database());
                }
            }
        }
    }

    private Connection open(SiteDatabase site, PostgresProperties.Login login, Properties properties)
            throws SQLException {
        PGProperty.USER.set(properties, login.username());
        PGProperty.PASSWORD.set(properties, login.password());
        PGProperty.APPLICATION_NAME.set(properties, "weir-placement");
        // A lost host must not keep the locks and leases of its connections for the two hours that TCP allows.
        PGProperty.OPTIONS.set(
                properties,
                "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3 -c timezone=UTC");
        return DriverManager.getConnection(at(site).jdbcUrl(), properties);
    }

    private static PostgresProperties.Login demand(PostgresProperties.@Nullable Login login, String role) {
        if (login == null) {
            throw new PlatformException(
                    ProblemType.SERVICE_UNAVAILABLE,
                    "This installation places tenants in the pool only: its " + role
                            + " role has no login here. Ask the operator to set weir.postgres." + role + ".");
        }
        return login;
    }
}
