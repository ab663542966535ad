package io.weir.r2dbc;

import io.weir.r2dbc.isolation.Finding;
import io.weir.r2dbc.isolation.IsolationVerifier;
import io.weir.r2dbc.isolation.RoleNames;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at every database that this process serves tenants from, before it does and hourly after. A service that
/// cannot prove its isolation does not start, and does not go to a site; one that runs goes on and says so.
final class IsolationWatch {

    private static final Logger LOG = LoggerFactory.getLogger(IsolationWatch.class);

    private final PostgresProperties postgres;
    private final IsolationVerifier verifier;

    // By database: what was wrong when somebody last looked.
    private final Map<String, List<Finding>> last = new ConcurrentHashMap<>();

    IsolationWatch(PostgresProperties postgres) {
        this.postgres = postgres;
        this.verifier = verifier(
                new DatabaseRoles(postgres.database()),
                postgres.app().username(),
                postgres.platform().username());
    }

    /// For databases of these roles.
    static IsolationVerifier verifier(DatabaseRoles roles, String app, String platform) {
        return new IsolationVerifier(
                new RoleNames(
                        roles.owner(),
                        roles.migrator(),
                        app,
                        platform,
                        roles.mover(),
                        roles.provisioner(),
                        roles.searchDefiner(),
                        roles.supportReadonly()),
                SitePreparation.functions(roles));
    }

    /// Blocks. Throws [UnusableDatabaseException] naming everything that is wrong with the service's own database and
    /// how to mend it.
    void beforeStart() {
        List<Finding> findings = home();
        if (!findings.isEmpty()) {
            throw new UnusableDatabaseException(
                    refusal(postgres.address(), findings),
                    "Mend it with a migration or a changed role, then start again.");
        }
    }

    /// Blocks. Looks at the service's own database again.
    void again() {
        keep(postgres.database(), home());
    }

    /// Blocks. Looks at a site: the first time it is refused where something is wrong, later that is only said.
    void at(Connection site) throws SQLException {
        String database = site.getCatalog();
        List<Finding> findings = verifier.verify(site);
        if (!last.containsKey(database) && !findings.isEmpty()) {
            throw new SQLException(refusal("'" + database + "'", findings));
        }
        keep(database, findings);
    }

    /// Everything that is known to be wrong anywhere.
    List<Finding> findings() {
        return last.values().stream().flatMap(List::stream).toList();
    }

    private void keep(String database, List<Finding> findings) {
        findings.forEach(finding -> LOG.error("Isolation of database {}: {}", database, finding));
        List<Finding> former = last.put(database, findings);
        if (findings.isEmpty() && former != null && !former.isEmpty()) {
            LOG.info("Isolation of database {}: nothing is wrong any more", database);
        }
    }

    private List<Finding> home() {
        connect(postgres.platform(), platform -> List.of());
        return connect(postgres.app(), verifier::verify);
    }

    private List<Finding> connect(PostgresProperties.Login login, Look look) {
        try (Connection connection =
                DriverManager.getConnection(postgres.jdbcUrl(), login.username(), login.password())) {
            return look.at(connection);
        } catch (SQLException failed) {
            throw new UnusableDatabaseException(
                    "Database " + postgres.address() + " could not be audited as " + login.username() + ".",
                    "Check that role's name, password and right to connect (DatabaseBootstrap sets them).",
                    failed);
        }
    }

    private static String refusal(String database, List<Finding> findings) {
        return "Database " + database + " would not keep tenants apart: "
                + findings.stream().map(Finding::toString).collect(Collectors.joining("; ")) + ".";
    }

    private interface Look {
        List<Finding> at(Connection connection) throws SQLException;
    }
}
