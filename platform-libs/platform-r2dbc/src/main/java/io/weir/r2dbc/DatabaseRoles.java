package io.weir.r2dbc;

import java.util.regex.Pattern;

/// The roles of one service's database, named after it.
///
/// @param database lower-case letters, digits and underscores, at most 40
record DatabaseRoles(String database) {

    private static final Pattern FORM = Pattern.compile("[a-z][a-z0-9_]{0,39}");

    DatabaseRoles {
        if (!FORM.matcher(database).matches()) {
            throw new IllegalArgumentException("database: '" + database
                    + "' (expected: at most 40 lower-case letters, digits and underscores, starting with a letter)");
        }
    }

    /// Owns every object; nobody can log in as it.
    String owner() {
        return database + "_owner";
    }

    /// Runs migrations, as the owner.
    String migrator() {
        return database + "_migrator";
    }

    /// Serves tenants: sees the rows of one tenant at a time.
    String app() {
        return database + "_app";
    }

    /// Serves the platform: crosses tenants on those tables whose policies name it.
    String platform() {
        return database + "_platform";
    }
}
