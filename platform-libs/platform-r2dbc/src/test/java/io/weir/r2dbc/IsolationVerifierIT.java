package io.weir.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.r2dbc.isolation.Finding;
import io.weir.testing.Infrastructure;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Each way in which a database could show one tenant's rows to another is made, found, named and undone.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IsolationVerifierIT {

    private FreshDatabase database;

    @BeforeAll
    void migrated() throws SQLException {
        database = FreshDatabase.create();
        database.open(1).stop();
    }

    @Test
    void whatThePreparationAndProtectMakeHasNoFinding() throws SQLException {
        assertThat(findingsAfter("SELECT 1")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "ALTER TABLE note NO FORCE ROW LEVEL SECURITY | [row-security-off] table public.note | FORCE ROW LEVEL SECURITY",
                "ALTER TABLE note DISABLE ROW LEVEL SECURITY | [row-security-off] table public.note | ENABLE ROW LEVEL SECURITY",
                "DROP POLICY app ON note | [policy-missing] table public.note | tenant.protect",
                "CREATE POLICY wide ON note USING (true) | [policy-differs] table public.note has a policy wide | DROP POLICY",
                "CREATE POLICY wide ON note FOR INSERT TO ${app} WITH CHECK (true) | [policy-differs] table public.note has a policy wide | DROP POLICY",
                "CREATE POLICY narrow ON note AS RESTRICTIVE TO ${app} USING (true) | [policy-differs] table public.note has a policy narrow | DROP POLICY",
                "ALTER POLICY app ON note USING (tenant_id = (SELECT tenant.current_id()) OR note_id = 1) | [policy-differs] table public.note has a policy app | tenant.protect",
                "ALTER POLICY app ON note WITH CHECK (true) | [policy-differs] table public.note has a policy app | tenant.protect",
                "CREATE POLICY m ON note TO ${mover} USING (true) | [policy-differs] table public.note has a policy m | DROP POLICY",
                "CREATE TABLE bare (tenant_id uuid) | [row-security-off] table public.bare | ENABLE ROW LEVEL SECURITY",
                "CREATE TABLE bare (tenant_id uuid) | [tenant-id-form] column tenant_id of table public.bare | SET NOT NULL",
                "CREATE TABLE bare (tenant_id uuid) | [key-missing] table public.bare | PRIMARY KEY (tenant_id",
                "CREATE TABLE bare (tenant_id uuid) | [foreign-owner] table or view public.bare belongs to postgres | OWNER TO",
                "CREATE UNIQUE INDEX oracle ON note (text) | [unique-without-tenant] unique key public.oracle of table public.note | weir:allow",
                "CREATE INDEX wide ON note (text) | [index-without-tenant] index public.wide of table public.note | (tenant_id, ...)",
                "ALTER TABLE note ADD amount numeric; CREATE INDEX lost ON note (tenant_id, amount) | [index-lost] index public.lost is lost to the app role: no operator on amount | bigint",
                "ALTER TABLE note ADD words text[]; CREATE INDEX lost ON note USING gin (words) | [index-lost] index public.lost | tenant.search_function",
                "ALTER TABLE note ADD doc jsonb; CREATE INDEX lost ON note USING gin (doc) | [index-lost] index public.lost | tenant.search_function",
                "ALTER TABLE note ADD doc tsvector; CREATE INDEX lost ON note USING gin (doc) | [index-lost] index public.lost | tenant.search_function",
                "CREATE TYPE mood AS ENUM ('a'); ALTER TABLE note ADD m mood; CREATE INDEX lost ON note (tenant_id, m) | [index-lost] index public.lost | text copy",
                "CREATE INDEX lost ON note (tenant_id, lower(text)) | [index-lost] index public.lost is lost to the app role: no operator on an expression | text copy",
                "ALTER TABLE note ADD CONSTRAINT u UNIQUE (note_id), ADD up int REFERENCES note (note_id) | [foreign-key-without-tenant] foreign key note_up_fkey of table public.note | FOREIGN KEY (tenant_id",
                "ALTER TABLE note ADD volume bigserial | [sequence-reveals-volume] column volume of table public.note | UUIDv7",
                "ALTER TABLE note ADD volume bigint GENERATED ALWAYS AS IDENTITY | [sequence-reveals-volume] column volume | UUIDv7",
                "CREATE RULE r AS ON INSERT TO note DO ALSO SELECT 1 | [rule-on-table] rule r on table public.note | DROP RULE",
                "CREATE VIEW v AS SELECT * FROM note; GRANT SELECT ON v TO ${app} | [view-with-owners-rights] view public.v | security_invoker",
                "CREATE VIEW v AS SELECT * FROM note; GRANT INSERT ON v TO ${app} | [view-with-owners-rights] view public.v | security_invoker",
                "CREATE VIEW v AS SELECT * FROM note; GRANT DELETE ON v TO ${app} | [view-with-owners-rights] view public.v | security_invoker",
                "CREATE MATERIALIZED VIEW v AS SELECT * FROM note; GRANT SELECT ON v TO ${app} | [materialized-view-readable] materialized view public.v | DROP MATERIALIZED VIEW",
                "CREATE TABLE sliced (LIKE note) PARTITION BY HASH (tenant_id); CREATE TABLE sliced0 PARTITION OF sliced FOR VALUES WITH (modulus 1, remainder 0); GRANT SELECT ON sliced0 TO ${app} | [partition-granted] partition public.sliced0 is granted to ${app} | REVOKE ALL ON public.sliced0",
                "CREATE TABLE sliced (LIKE note) PARTITION BY HASH (tenant_id); CREATE TABLE sliced0 PARTITION OF sliced FOR VALUES WITH (modulus 1, remainder 0) | [row-security-off] table public.sliced0 | FORCE ROW LEVEL SECURITY",
                "CREATE FUNCTION peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM public.note' | [definer-owner] function public.peek() runs with the rights of postgres | SECURITY INVOKER",
                "CREATE FUNCTION peek() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'; ALTER FUNCTION peek() OWNER TO ${owner} | [definer-of-owner] function public.peek() | weir:allow",
                "CREATE FUNCTION peek() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1' | [definer-path] function public.peek() | SET search_path = pg_catalog",
                "CREATE FUNCTION peek() RETURNS int LANGUAGE sql AS 'SELECT 1'; ALTER FUNCTION peek() OWNER TO ${search} | [definer-without-tenant] search function public.peek() | tenant.search_function",
                "CREATE OR REPLACE FUNCTION tenant.current_id() RETURNS uuid LANGUAGE sql STABLE AS 'SELECT NULL::uuid' | [preparation-differs] function tenant.current_id is not what the preparation makes | preparation",
                "ALTER FUNCTION tenant.current_id() SECURITY INVOKER | [preparation-differs] function tenant.current_id is not | preparation",
                "ALTER FUNCTION tenant.current_id() IMMUTABLE | [preparation-differs] function tenant.current_id is not | preparation",
                "ALTER FUNCTION tenant.has_departed(uuid,text,boolean) STABLE | [preparation-differs] function tenant.has_departed is not | preparation",
                "ALTER FUNCTION tenant.enter(uuid,text,text,text,int) OWNER TO postgres | [preparation-differs] function tenant.enter is not | preparation",
                "DROP FUNCTION tenant.open_support(uuid,text) | [preparation-differs] function tenant.open_support is missing | preparation",
                "CREATE FUNCTION tenant.extra() RETURNS int LANGUAGE sql AS 'SELECT 1' | [preparation-differs] function tenant.extra is not of the preparation | preparation",
                "GRANT SELECT ON tenant.proof_key TO ${app} | [tenant-schema-granted] table tenant.proof_key grants SELECT TO ${app} | REVOKE",
                "GRANT SELECT (kid) ON tenant.proof_key TO PUBLIC | [granted-to-public] everybody has SELECT on TABLE tenant.proof_key | FROM PUBLIC",
                "GRANT SELECT ON note TO PUBLIC | [granted-to-public] everybody has SELECT on TABLE public.note | FROM PUBLIC",
                "GRANT TEMPORARY ON DATABASE ${database} TO PUBLIC | [granted-to-public] everybody has TEMPORARY on DATABASE ${database} | FROM PUBLIC",
                "GRANT TRUNCATE ON note TO ${app} | [grant-past-policies] table public.note grants TRUNCATE TO ${app} | tenant.protect",
                "CREATE TABLE shared (id int PRIMARY KEY); GRANT INSERT ON shared TO ${app} | [shared-table-writable] table public.shared has no tenant_id | weir:allow",
                "GRANT CREATE ON SCHEMA public TO ${app} | [objects-can-be-made] role ${app} can make objects in SCHEMA public | REVOKE CREATE",
                "GRANT MAINTAIN ON note TO ${app} | [grant-past-policies] table public.note grants MAINTAIN TO ${app} | tenant.protect",
                "GRANT TEMPORARY ON DATABASE ${database} TO ${app} | [temporary-tables] role ${app} can make temporary tables | REVOKE TEMPORARY ON DATABASE ${database} FROM ${app}",
                "CREATE SEQUENCE numbers; GRANT USAGE ON SEQUENCE numbers TO ${app} | [sequence-granted] sequence public.numbers | REVOKE ALL ON SEQUENCE public.numbers FROM ${app}",
                "CREATE SEQUENCE numbers; GRANT SELECT ON SEQUENCE numbers TO ${search} | [sequence-granted] sequence public.numbers | FROM ${search}",
                "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE far (id int) SERVER s; GRANT SELECT ON far TO ${app} | [foreign-table] foreign table public.far | REVOKE ALL ON public.far",
                "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE far (id int) SERVER s; GRANT INSERT (id) ON far TO ${app} | [foreign-table] foreign table public.far | REVOKE ALL ON public.far",
                "ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} GRANT SELECT ON TABLES TO PUBLIC | [default-privileges-widen] objects made from now on give PUBLIC SELECT | REVOKE",
                "ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA public GRANT TRUNCATE ON TABLES TO ${app} | [default-privileges-widen] objects made from now on give ${app} TRUNCATE | REVOKE",
                "ALTER ROLE ${app} BYPASSRLS | [role-bypasses-policies] role ${app} bypasses policies | NOBYPASSRLS",
                "ALTER ROLE ${app} SUPERUSER | [role-bypasses-policies] role ${app} bypasses policies | NOSUPERUSER",
                "ALTER ROLE ${platform} BYPASSRLS | [role-bypasses-policies] role ${platform} bypasses policies | NOBYPASSRLS",
                "ALTER ROLE ${mover} BYPASSRLS | [role-bypasses-policies] role ${mover} bypasses policies | NOBYPASSRLS",
                "ALTER ROLE ${app} REPLICATION | [role-has-power] role ${app} | NOREPLICATION",
                "ALTER ROLE ${owner} LOGIN | [role-logs-in] role ${owner} | NOLOGIN",
                "GRANT ${owner} TO ${app} | [role-is-member] role ${app} is a member of ${owner} | REVOKE",
                "GRANT pg_read_all_data TO ${app} | [role-is-member] role ${app} is a member of pg_read_all_data | REVOKE",
                "ALTER TABLE note OWNER TO ${app} | [role-owns] role ${app} owns public.note | ALTER TABLE public.note OWNER TO",
                "ALTER SCHEMA public OWNER TO postgres | [schema-owner] schema public belongs to postgres | ALTER SCHEMA public OWNER TO",
                "ALTER ROLE ${app} RESET track_activities | [role-activity-visible] every session of ${app} | track_activities = off",
            })
    void damageIsFoundAndNamedWithItsFix(String damage, String culprit, String cure) throws SQLException {
        assertThat(findingsAfter(named(damage)))
                .anySatisfy(finding ->
                        assertThat(finding.toString()).contains(named(culprit)).contains(named(cure)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE UNIQUE INDEX known ON note (text); COMMENT ON INDEX known IS 'weir:allow a reason'",
                "CREATE TABLE shared (id int PRIMARY KEY); ALTER TABLE shared OWNER TO ${owner};"
                        + " GRANT INSERT ON shared TO ${app}; COMMENT ON TABLE shared IS 'weir:allow a reason'",
                "CREATE INDEX early ON note (tenant_id, text)",
                "ALTER TABLE note ADD at timestamptz, ADD n bigint; CREATE INDEX early ON note (tenant_id, at, n)",
                "SET ROLE ${owner}; SELECT tenant.protect('note', app => '{select}', platform => '{\"select\": \"note_id = 1\"}',"
                        + " placed => true, searched => true, support => true); RESET ROLE",
                "SET ROLE ${owner}; CREATE VIEW v WITH (security_invoker = true) AS SELECT * FROM note;"
                        + " GRANT SELECT ON v TO ${app}; RESET ROLE",
                "SET ROLE ${owner}; CREATE TABLE sliced (LIKE note INCLUDING ALL) PARTITION BY HASH (tenant_id);"
                        + " CREATE TABLE sliced0 PARTITION OF sliced FOR VALUES WITH (modulus 1, remainder 0);"
                        + " SELECT tenant.protect('sliced'); RESET ROLE",
            })
    void whatIsAllowedHasNoFinding(String change) throws SQLException {
        assertThat(findingsAfter(named(change))).isEmpty();
    }

    @Test
    void aReasonMustBeGiven() throws SQLException {
        assertThat(findingsAfter("CREATE UNIQUE INDEX oracle ON note (text); COMMENT ON INDEX oracle IS 'weir:allow '"))
                .isNotEmpty();
    }

    // As the superuser, in a transaction that is rolled back: the verifier goes by the roles' names.
    private List<Finding> findingsAfter(String change) throws SQLException {
        Infrastructure.Postgres postgres = Infrastructure.postgres();
        try (Connection connection = DriverManager.getConnection(
                        postgres.jdbcUrl(database.name), postgres.superuser(), postgres.password());
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(change);
            List<Finding> findings = IsolationWatch.verifier(
                            new DatabaseRoles(database.name), database.name + "_app", database.name + "_platform")
                    .verify(connection);
            connection.rollback();
            return findings;
        }
    }

    private String named(String text) {
        return text.replace("${app}", database.name + "_app")
                .replace("${platform}", database.name + "_platform")
                .replace("${mover}", database.name + "_mover")
                .replace("${search}", database.name + "_search_definer")
                .replace("${database}", database.name)
                .replace("${owner}", database.name + "_owner");
    }
}
