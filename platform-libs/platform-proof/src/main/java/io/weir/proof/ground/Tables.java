package io.weir.proof.ground;

import io.weir.r2dbc.DatabaseRoles;
import io.weir.r2dbc.SitePreparation;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Makes and fills the tables of a ground.
record Tables(Spec spec, DatabaseRoles roles) {

    /// Of tenants that do not belong there, in each schema.
    private static final int STRANGERS = 5;

    void makeIn(String database, List<Resident> residents) throws SQLException {
        List<Resident> here = residents.stream()
                .filter(one -> one.database().equals(database))
                .toList();
        Set<String> schemas =
                new LinkedHashSet<>(here.stream().map(Resident::schema).toList());
        for (String schema : schemas) {
            List<String> script = new ArrayList<>();
            if (!schema.equals("public")) {
                script.addAll(SitePreparation.schemaStatements(roles, schema));
            }
            script.add("SET ROLE " + roles.owner());
            script.add("SET search_path = " + schema);
            script.add(script().replace("${app}", roles.app()));
            script.add("RESET ROLE");
            script.addAll(fill(schema, here, residents));
            spec.cluster().run(database, script.toArray(String[]::new));
        }
    }

    /// Makes the rows of the home's shared tables anew.
    void refill(List<Resident> residents) throws SQLException {
        List<Resident> here = residents.stream()
                .filter(one -> one.database().equals(spec.name()))
                .toList();
        List<String> script = new ArrayList<>(
                List.of("SET search_path = public", "SET lock_timeout = '10s'", "TRUNCATE note, remark, entry"));
        script.addAll(fill("public", here, residents));
        spec.cluster().run(spec.name(), script.toArray(String[]::new));
    }

    private static List<String> fill(String schema, List<Resident> here, List<Resident> all) {
        Set<Resident> owners = new LinkedHashSet<>(
                here.stream().filter(one -> one.schema().equals(schema)).toList());
        owners.addAll(all.subList(0, Math.min(STRANGERS, all.size())));
        owners.addAll(all.subList(Math.max(0, all.size() - STRANGERS), all.size()));
        List<String> script = new ArrayList<>();
        script.add(insert(
                owners,
                "note (tenant_id, note_id, title, text, amount_micros, facts)",
                ", n, 'title ' || n, ${mark}, n * 1000000, jsonb_build_object('mark', ${mark})"));
        script.add(insert(owners, "remark (tenant_id, remark_id, note_id, text)", ", n, n, ${mark}"));
        script.add(insert(owners, "entry (tenant_id, entry_id, text)", ", n, ${mark}"));
        for (Resident owner : owners) {
            // Nobody else has this one: what tells of it is an oracle.
            script.add("INSERT INTO note (tenant_id, note_id, title, text) VALUES ('"
                    + owner.tenant().id() + "', " + owner.ownId() + ", '" + owner.ownTitle() + "', '" + owner.mark()
                    + "')");
        }
        script.add("ANALYZE");
        return script;
    }

    private static String insert(Set<Resident> owners, String into, String values) {
        return "INSERT INTO " + into + " SELECT id" + values.replace("${mark}", "'row-of-' || id") + " FROM unnest("
                + ids(owners) + ") id, generate_series(1, " + Ground.ROWS + ") n";
    }

    private static String ids(Set<Resident> owners) {
        return "ARRAY['"
                + String.join(
                        "','",
                        owners.stream().map(one -> one.tenant().id().toString()).toList()) + "']::uuid[]";
    }

    private static String script() {
        try (InputStream in = Tables.class.getResourceAsStream("/proof/tables.sql")) {
            if (in == null) {
                throw new IllegalStateException("tables.sql is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
