package io.weir.r2dbc.isolation;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Puts the words that rules share into their queries: roles, and the tables that belong to tenants.
final class Questions {

    private static final Pattern ALLOWED = Pattern.compile("\\$allowed\\(([^)]*)\\)");

    // The schemas of services and tenants, bridges' too.
    private static final String SCHEMAS = """
            SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'tenant')""";

    private static final String TABLES = """
            (SELECT c.oid, c.oid::regclass::text AS name, c.relrowsecurity, c.relforcerowsecurity, c.relispartition,
                 a.attnum AS tenant, a.attnotnull, a.atttypid
             FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
             WHERE c.relkind IN ('r', 'p') AND c.relnamespace IN ($schemas))""";

    private final Map<String, String> words = new HashMap<>();

    // Some begin with another.
    private final List<String> longestFirst;

    Questions(RoleNames roles) {
        words.put("$tables", TABLES.replace("$schemas", SCHEMAS));
        words.put("$schemas, $internal", SCHEMAS + " UNION SELECT oid FROM pg_namespace WHERE nspname = 'tenant'");
        words.put("$internal", "SELECT oid FROM pg_namespace WHERE nspname = 'tenant'");
        words.put("$schemas", SCHEMAS);
        words.put("$own", quoted("(tenant_id = ( SELECT tenant.current_id() AS current_id))"));
        words.put("$supported", quoted("(tenant_id = ( SELECT tenant.supported_id() AS supported_id))"));
        words.put("$bound", array(roles.bound()));
        words.put("$owners", array(List.of(roles.owner(), roles.migrator(), roles.provisioner())));
        words.put("$owner", quoted(roles.owner()));
        words.put("$migrator", quoted(roles.migrator()));
        words.put("$provisioner", quoted(roles.provisioner()));
        words.put("$app", quoted(roles.app()));
        words.put("$platform", quoted(roles.platform()));
        words.put("$mover", quoted(roles.mover()));
        words.put("$search", quoted(roles.search()));
        words.put("$support", quoted(roles.support()));
        longestFirst = words.keySet().stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    String of(Rule rule) {
        String query = ALLOWED.matcher(rule.query())
                .replaceAll("(coalesce(obj_description($1, 'pg_class'), '') ~ '^weir:allow \\\\S')");
        for (String word : longestFirst) {
            query = query.replace(word, words.get(word));
        }
        return query;
    }

    private static String array(List<String> names) {
        return names.stream().map(Questions::quoted).collect(Collectors.joining(",", "ARRAY[", "]::text[]"));
    }

    private static String quoted(String name) {
        return "'" + name.replace("'", "''") + "'";
    }
}
