package io.weir.tenant.migration;

import io.weir.r2dbc.DatabaseRoles;
import io.weir.r2dbc.PlacedMigrations;
import io.weir.r2dbc.PostgresProperties;
import io.weir.r2dbc.Site;
import io.weir.r2dbc.migration.MigrationTarget;
import io.weir.r2dbc.migration.SiteCatalogue;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// The sites as the registry of placements has them: home for the registry's own tables, home for the pool, then each
/// schema and each database of a tenant's own.
@Component
final class PlacedSiteCatalogue implements SiteCatalogue {

    private static final String REGISTRY = "db/migration";
    private static final String REGISTRY_HISTORY = "schema_history";
    private static final String PLACED = "db/placed";
    private static final String PLACED_HISTORY = "placed_history";
    private static final String OWN_PLACES = """
            SELECT t.slug, s.site, s.schema_name, d.host, d.port, d.database
            FROM placement.site s JOIN placement.database d ON d.name = s.site JOIN tenant t ON t.tenant_id = s.tenant
            WHERE s.state = 'active' AND s.placement <> 'pool' ORDER BY d.kind, s.site, s.schema_name""";

    private final PostgresProperties postgres;
    private final DatabaseRoles roles;

    PlacedSiteCatalogue(PostgresProperties postgres) {
        this.postgres = postgres;
        this.roles = new DatabaseRoles(postgres.database());
    }

    @Override
    public List<MigrationTarget> targets() {
        List<MigrationTarget> targets = new ArrayList<>();
        targets.add(target("home/registry", "", postgres, Site.PUBLIC, REGISTRY, REGISTRY_HISTORY));
        if (PlacedMigrations.exist()) {
            targets.add(target("home/public", "", postgres, Site.PUBLIC, PLACED, PLACED_HISTORY));
            targets.addAll(ownPlaces());
        }
        return List.copyOf(targets);
    }

    private List<MigrationTarget> ownPlaces() {
        PostgresProperties.Login platform = postgres.platform();
        List<MigrationTarget> targets = new ArrayList<>();
        try (Connection connection =
                        DriverManager.getConnection(postgres.jdbcUrl(), platform.username(), platform.password());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(OWN_PLACES)) {
            while (rows.next()) {
                targets.add(ownPlace(rows));
            }
        } catch (SQLException failed) {
            throw new IllegalStateException("the registry of placements cannot be read", failed);
        }
        return targets;
    }

    private MigrationTarget ownPlace(ResultSet row) throws SQLException {
        String host = row.getString("host");
        Integer port = row.getObject("port", Integer.class);
        PostgresProperties there =
                postgres.at(host == null ? postgres.host() : host, port(port), row.getString("database"));
        String schema = row.getString("schema_name");
        return target(
                row.getString("site") + "/" + schema, row.getString("slug"), there, schema, PLACED, PLACED_HISTORY);
    }

    private int port(@Nullable Integer port) {
        return port == null ? postgres.port() : port;
    }

    private MigrationTarget target(
            String name, String tenant, PostgresProperties there, String schema, String location, String history) {
        return new MigrationTarget(
                name,
                tenant,
                there.jdbcUrl(),
                there.migrator().username(),
                there.migrator().password(),
                roles.owner(),
                schema,
                location,
                history,
                roles.placeholders());
    }
}
