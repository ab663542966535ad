package io.weir.r2dbc;

import io.weir.r2dbc.isolation.PreparedFunction;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What every database with tenants' rows holds before its first table: the schema `tenant` with the functions that
/// enter a tenant, know it, and protect tables. Everything here may be repeated, by a superuser or by the provisioner.
public final class SitePreparation {

    private static final List<String> FILES =
            List.of("1-database.sql", "2-proof.sql", "3-enter.sql", "4-support.sql", "5-protect.sql");
    private static final String SCHEMA_FILE = "schema.sql";
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{(\\w+)}");
    private static final Pattern SCHEMA = Pattern.compile("[a-z][a-z0-9_-]{0,62}");

    private static final Pattern FUNCTION = Pattern.compile(
            "CREATE OR REPLACE FUNCTION tenant\\.(\\w+)\\((.*?)\\$weir\\$(.*?)\\$weir\\$;", Pattern.DOTALL);

    private static final String TURN = "SELECT set_config('lock_timeout', '30s', true),"
            + " pg_advisory_xact_lock(hashtextextended('weir.preparation', 0));\n";

    private SitePreparation() {}

    /// Statements to run in that database, in order, on one connection; the last gives the caller's role back.
    ///
    /// @param roles of the service
    /// @param database where they will run: the service's own, or a site's, owned by the service's owner role
    public static List<String> statements(DatabaseRoles roles, String database) {
        Map<String, String> names = new HashMap<>(roles.placeholders());
        names.put("database", quoted(database));
        List<String> statements = new ArrayList<>();
        statements.add("SET ROLE " + roles.owner());
        FILES.forEach(file -> statements.add(inTurn(filled(file, names))));
        statements.add("RESET ROLE");
        return List.copyOf(statements);
    }

    /// As [#statements], in the service's own database.
    public static List<String> statements(DatabaseRoles roles) {
        return statements(roles, roles.database());
    }

    /// Statements that make a tenant's own schema in a database that is prepared already.
    public static List<String> schemaStatements(DatabaseRoles roles, String schema) {
        Map<String, String> names = new HashMap<>(roles.placeholders());
        names.put("schema", quoted(schema));
        return List.of("SET ROLE " + roles.owner(), inTurn(filled(SCHEMA_FILE, names)), "RESET ROLE");
    }

    /// The same, to be sent as one: in a database one caller after the other, each waiting 30 s at most. Of two that
    /// grant, revoke or replace the same thing at once, the catalogue refuses one.
    static String inTurn(String statements) {
        return TURN + statements;
    }

    /// The functions that the statements make in the schema `tenant`, for comparison with those that are there.
    static List<PreparedFunction> functions(DatabaseRoles roles) {
        Map<String, String> names = new HashMap<>(roles.placeholders());
        names.put("database", quoted(roles.database()));
        List<PreparedFunction> functions = new ArrayList<>();
        for (String file : FILES) {
            Matcher function = FUNCTION.matcher(filled(file, names));
            while (function.find()) {
                String header = function.group(2);
                functions.add(new PreparedFunction(
                        function.group(1),
                        function.group(3),
                        header.contains(" IMMUTABLE ") ? "i" : header.contains(" STABLE ") ? "s" : "v",
                        header.contains("SECURITY DEFINER"),
                        header.contains("SET search_path")));
            }
        }
        return List.copyOf(functions);
    }

    /// The names of schemas and databases that hold rows.
    static String demandName(String name) {
        if (!SCHEMA.matcher(name).matches()) {
            throw new IllegalArgumentException("schema: '" + name
                    + "' (expected: at most 63 lower-case letters, digits, hyphens and underscores)");
        }
        return name;
    }

    private static String quoted(String name) {
        return '"' + demandName(name) + '"';
    }

    private static String filled(String file, Map<String, String> names) {
        return PLACEHOLDER.matcher(read(file)).replaceAll(place -> {
            String name = names.get(place.group(1));
            if (name == null) {
                throw new IllegalStateException(file + " has the unknown placeholder " + place.group());
            }
            return Matcher.quoteReplacement(name);
        });
    }

    private static String read(String file) {
        try (InputStream in = SitePreparation.class.getResourceAsStream("preparation/" + file)) {
            if (in == null) {
                throw new IllegalStateException("preparation/" + file + " is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failed) {
            throw new UncheckedIOException("preparation/" + file + " cannot be read", failed);
        }
    }
}
