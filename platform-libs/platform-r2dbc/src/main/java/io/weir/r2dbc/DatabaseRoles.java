package io.weir.r2dbc;

import java.util.Map;
import java.util.regex.Pattern;

/// The roles of one service's databases, named after its own ("home") database. They are the same at every site.
///
/// @param database lower-case letters, digits and underscores, at most 40
public record DatabaseRoles(String database) {

    private static final Pattern FORM = Pattern.compile("[a-z][a-z0-9_]{0,39}");

    public DatabaseRoles {
        if (!FORM.matcher(database).matches()) {
            throw new IllegalArgumentException("database: '" + database
                    + "' (expected: at most 40 lower-case letters, digits and underscores, starting with a letter)");
        }
    }

    /// Owns every object; nobody can log in as it.
    public String owner() {
        return database + "_owner";
    }

    /// Runs migrations and registers proof keys, as the owner.
    public String migrator() {
        return database + "_migrator";
    }

    /// Serves tenants: sees the rows of one tenant at a time.
    public String app() {
        return database + "_app";
    }

    /// Serves the platform: crosses tenants on those tables whose policies name it.
    public String platform() {
        return database + "_platform";
    }

    /// Copies a tenant's placed rows from one site to another: replicates, and sees one tenant at a time.
    public String mover() {
        return database + "_mover";
    }

    /// Makes databases and schemas, as the owner.
    public String provisioner() {
        return database + "_provisioner";
    }

    /// Owns the generated search functions and nothing else; nobody can log in as it.
    public String searchDefiner() {
        return database + "_search_definer";
    }

    /// Reads one tenant's rows for support, after saying why; nobody can log in as it until an operator lets them.
    public String supportReadonly() {
        return database + "_support_readonly";
    }

    /// The roles as placeholders of migrations and of the preparation: `${app}`, `${platform}`, ...
    public Map<String, String> placeholders() {
        return Map.of(
                "owner", owner(),
                "migrator", migrator(),
                "app", app(),
                "platform", platform(),
                "mover", mover(),
                "provisioner", provisioner(),
                "search", searchDefiner(),
                "support", supportReadonly());
    }
}
