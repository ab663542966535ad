package io.weir.r2dbc.placement;

import io.weir.r2dbc.PlacedMigrations;
import io.weir.r2dbc.ProofKey;
import io.weir.r2dbc.Site;
import io.weir.r2dbc.SitePreparation;
import java.sql.Connection;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes and removes databases and schemas of tenants, as the provisioner: nothing here needs a superuser, and
/// everything may be repeated after a crash. Blocks.
public final class SiteMaker {

    private static final Logger LOG = LoggerFactory.getLogger(SiteMaker.class);

    private final SiteConnections connections;
    private final ProofKey key;

    public SiteMaker(SiteConnections connections, ProofKey key) {
        this.connections = connections;
        this.key = key;
    }

    /// Makes the database where it does not exist yet, and its placed tables in `public` where it is a silo.
    public void makeDatabase(SiteDatabase site) throws SQLException {
        // A database of another cluster is made by its operator.
        if (site.host() == null) {
            create(site);
        }
        try (Connection owner = connections.provisioner(site)) {
            for (String statement : SitePreparation.statements(connections.roles(), site.database())) {
                Jdbc.run(owner, statement);
            }
        }
        register(site);
        migrations(site).prepareDatabase();
        if (site.kind() == SiteKind.SILO) {
            migrations(site).run(Site.PUBLIC);
        }
        LOG.info("Database {} is ready for tenants ({})", site, site.kind().word());
    }

    /// Makes a tenant's schema with its placed tables.
    public void makeSchema(SiteDatabase site, String schema) throws SQLException {
        try (Connection owner = connections.provisioner(site)) {
            for (String statement : SitePreparation.schemaStatements(connections.roles(), schema)) {
                Jdbc.run(owner, statement);
            }
        }
        migrations(site).run(schema);
    }

    /// Removes a tenant's schema and everything in it.
    public void dropSchema(SiteDatabase site, String schema) throws SQLException {
        if (schema.equals(Site.PUBLIC)) {
            throw new IllegalArgumentException("schema public is shared by tenants (expected: a tenant's own)");
        }
        try (Connection owner = connections.owner(site)) {
            Jdbc.run(owner, "SET lock_timeout = '5s'");
            Jdbc.run(owner, "DROP SCHEMA IF EXISTS " + Jdbc.quoted(schema) + " CASCADE");
        }
    }

    /// Removes the database of a tenant that has left it; one of another cluster is left to its operator.
    public void dropDatabase(SiteDatabase site) throws SQLException {
        if (site.kind() != SiteKind.SILO) {
            throw new IllegalArgumentException("database " + site + " is shared by tenants (expected: a silo)");
        }
        if (site.host() != null) {
            LOG.warn("Database {} has no tenant any more; its operator may remove it", site);
            return;
        }
        try (Connection provisioner = connections.provisioner(connections.home())) {
            Jdbc.run(provisioner, "SET ROLE " + connections.roles().owner());
            if (exists(provisioner, site)) {
                Jdbc.run(provisioner, "ALTER DATABASE " + Jdbc.quoted(site.database()) + " ALLOW_CONNECTIONS false");
                connections.endSessions(site);
                Jdbc.run(provisioner, "DROP DATABASE IF EXISTS " + Jdbc.quoted(site.database()));
            }
        }
    }

    /// Makes this process's proofs known to the site.
    public void register(SiteDatabase site) throws SQLException {
        try (Connection migrator = connections.migrator(site)) {
            key.register(migrator, connections.roles());
        }
    }

    private void create(SiteDatabase site) throws SQLException {
        try (Connection provisioner = connections.provisioner(connections.home())) {
            if (!exists(provisioner, site)) {
                Jdbc.run(
                        provisioner,
                        "CREATE DATABASE " + Jdbc.quoted(site.database()) + " OWNER "
                                + connections.roles().owner());
            }
        }
    }

    private static boolean exists(Connection provisioner, SiteDatabase site) throws SQLException {
        return Jdbc.first(
                        provisioner,
                        row -> row.getInt(1),
                        "SELECT 1 FROM pg_database WHERE datname = ?",
                        site.database())
                .isPresent();
    }

    private PlacedMigrations migrations(SiteDatabase site) {
        return new PlacedMigrations(connections.at(site), connections.roles());
    }
}
