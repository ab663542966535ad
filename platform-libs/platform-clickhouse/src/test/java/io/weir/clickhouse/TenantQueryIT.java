package io.weir.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.weir.tenancy.ExecutionScope.ForPlatform;
import io.weir.tenancy.MissingTenantException;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantScope;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

@Tag("infra")
class TenantQueryIT {

    private static final TenantId ACME = TenantId.of("0197c9b2-0000-7000-8000-00000000000a");
    private static final TenantId OTHER = TenantId.of("0197c9b2-0000-7000-8000-00000000000b");
    private static final String MINE =
            "SELECT event_id FROM calls WHERE tenant_id = {tenant:UUID} AND event_id = {id:String}";
    private static final FreshDatabase DATABASE = new FreshDatabase();
    private static final TenantQuery QUERY = new TenantQuery(DATABASE.clickHouse());

    @BeforeAll
    static void oneCallEach() {
        DATABASE.migrate();
        String rows = Stream.of(ACME, OTHER)
                .map(tenant -> "{\"tenant_id\":\"%s\",\"hour\":\"2026-11-22T10:00:00Z\",\"event_id\":\"of-%s\"}\n"
                        .formatted(tenant, tenant))
                .collect(Collectors.joining());
        new BlockWriter(DATABASE.clickHouse())
                .write(new Block("calls", rows.getBytes(StandardCharsets.UTF_8), 2, "both"))
                .block(FreshDatabase.SOON);
    }

    @AfterAll
    static void drop() {
        DATABASE.close();
    }

    @Test
    void aTenantReadsItsOwnRowsAndNoOthers() {
        assertThat(idsSeenBy(ACME, "of-" + ACME)).containsExactly("of-" + ACME);
        assertThat(idsSeenBy(ACME, "of-" + OTHER)).isEmpty();
    }

    @Test
    void aQuestionThatNeedsMoreMemoryThanAReaderMayTakeIsEnded() {
        String large = "SELECT length(groupArray(number)) AS n FROM numbers(10000000)";
        ForPlatform scope = new ForPlatform("test");
        try (ClickHouse readers = ClickHouse.forReaders(DATABASE.clickHouse().properties(), 1, 1, 20_000_000)) {
            StepVerifier.create(new TenantQuery(readers).acrossTenants(scope, large, Map.of(), row -> row.integer("n")))
                    .verifyErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOfSatisfying(
                                    ClickHouseException.class,
                                    much -> assertThat(much.isTooMuch()).isTrue()));
            StepVerifier.create(new TenantQuery(readers)
                            .acrossTenants(scope, "SELECT 1 AS n", Map.of(), row -> row.integer("n")))
                    .expectNextCount(1)
                    .verifyComplete();
        }
    }

    @Test
    void aListThatNoServerTakesInOneParameterIsRefusedAndAskedInParts() {
        ForPlatform scope = new ForPlatform("test");
        TenantQuery query = new TenantQuery(DATABASE.clickHouse());
        // A quote is two bytes, and this o three.
        List<String> many =
                IntStream.range(0, 10_000).mapToObj(n -> "it's \u014d" + n).toList();
        String sql = "SELECT arrayJoin({texts:Array(String)}) AS text";
        StepVerifier.create(query.acrossTenants(scope, sql, Map.of("texts", many), row -> row.text("text")))
                .verifyErrorSatisfies(failure -> assertThat(failure).hasMessageContaining("parameter texts"));
        StepVerifier.create(query.acrossTenantsInParts(
                        scope, sql, many, List::of, part -> Map.of("texts", part), row -> row.text("text")))
                .assertNext(texts -> assertThat(texts).containsExactlyInAnyOrderElementsOf(many))
                .verifyComplete();
        StepVerifier.create(query.acrossTenantsInParts(
                        scope,
                        sql,
                        List.<String>of(),
                        List::of,
                        part -> Map.of("texts", part),
                        row -> row.text("text")))
                .expectNext(List.of())
                .verifyComplete();
    }

    @Test
    void aForgedParameterIsAValueAndNeverText() {
        assertThat(idsSeenBy(ACME, "' OR 1=1 --")).isEmpty();
        assertThat(idsSeenBy(ACME, "x\\' OR tenant_id != {tenant:UUID} OR '1'='1"))
                .isEmpty();
        assertThat(idsSeenBy(ACME, "of-" + OTHER + "\t\n\0")).isEmpty();
    }

    @Test
    void theTenantCannotBeGivenAsAParameter() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> QUERY.rows(MINE, Map.of("id", "x", "tenant", OTHER.value()), row -> row))
                .withMessageContaining("tenant");
    }

    @Test
    void aQueryThatNamesNoTenantIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> QUERY.rows("SELECT * FROM calls", Map.of(), row -> row))
                .withMessageContaining("{tenant:UUID}");
    }

    /// Each would show another tenant's rows, or might.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT event_id FROM calls -- tenant_id = {tenant:UUID}",
                "SELECT event_id FROM calls /* WHERE tenant_id = {tenant:UUID} */",
                "SELECT event_id, 'tenant_id = {tenant:UUID}' AS why FROM calls",
                "SELECT event_id, 'it''s tenant_id = {tenant:UUID}' AS why FROM calls",
                "SELECT {tenant:UUID} AS me, event_id FROM calls",
                "SELECT event_id FROM calls WHERE tenant_id != {tenant:UUID}",
                "SELECT event_id FROM calls WHERE event_id = {tenant:UUID}",
                "SELECT event_id FROM calls WHERE tenant_id = {tenant:UUID} UNION ALL SELECT event_id FROM calls",
                "SELECT a.event_id FROM calls AS a JOIN calls AS b ON true WHERE a.tenant_id = {tenant:UUID}",
                "SELECT event_id FROM calls WHERE tenant_id = {tenant:UUID} AND event_id IN (SELECT event_id FROM calls)",
                "SELECT event_id FROM calls, others WHERE tenant_id = {tenant:UUID}",
                "SELECT event_id FROM calls AS a, others WHERE tenant_id = {tenant:UUID}",
                "SELECT event_id FROM calls FINAL , others WHERE tenant_id = {tenant:UUID}",
                "SELECT event_id FROM calls WHERE tenant_id = {tenant:UUID} AND event_id IN others",
                "SELECT event_id FROM calls WHERE tenant_id = {tenant:UUID} AND event_id NOT IN (others)",
                "SELECT event_id FROM calls WHERE tenant_id = {tenant:UUID} OR 1 = 1",
                "SELECT event_id FROM calls WHERE tenant_id = {tenant:UUID} AND event_id = 'x' OR (1 = 1)",
                "SELECT event_id FROM calls WHERE 1 = 1 OR tenant_id = {tenant:UUID}",
                "SELECT event_id FROM calls WHERE tenant_id = {tenant:UUID} ? 1 : 1",
                "SELECT event_id FROM calls WHERE NOT tenant_id = {tenant:UUID}",
                "SELECT event_id FROM calls WHERE NOT (tenant_id = {tenant:UUID})",
                "SELECT event_id FROM calls WHERE (tenant_id = {tenant:UUID}) = 0",
                "SELECT event_id FROM calls WHERE tenant_id = {tenant:UUID} = 0",
                "SELECT event_id, tenant_id = {tenant:UUID} AS mine FROM calls",
                "SELECT event_id FROM calls UNION ALL SELECT event_id FROM calls WHERE tenant_id = {tenant:UUID} AND"
                        + " tenant_id = {tenant:UUID}",
                "SELECT event_id FROM calls PREWHERE tenant_id = {tenant:UUID} WHERE tenant_id = {tenant:UUID}"
                        + " UNION ALL SELECT event_id FROM calls",
                "SELECT * FROM file('/etc/passwd') WHERE tenant_id = {tenant:UUID}",
                "SELECT * FROM remote('127.0.0.1', calls) WHERE tenant_id = {tenant:UUID}",
                "SELECT dictGet('keys', 'secret', 1) FROM calls WHERE tenant_id = {tenant:UUID}",
            })
    void aQueryThatDoesNotBindEachOfItsTablesIsRefusedBeforeItIsSent(String sql) {
        assertThatIllegalArgumentException().isThrownBy(() -> QUERY.rows(sql, Map.of(), row -> row));
    }

    @Test
    void aQueryThatBindsEachOfItsTablesIsSent() {
        String sql = """
                SELECT 'FROM calls -- it''s a text' AS event_id FROM (
                    SELECT event_id FROM calls FINAL WHERE tenant_id = {tenant:UUID}
                    UNION ALL SELECT event_id FROM calls ARRAY JOIN arrayConcat([1]) AS n, [2] AS m
                    WHERE tenant_id={tenant:UUID} AND (event_id = 'x' OR event_id IN ('y', 'z') OR n < toInt64(2))
                    ORDER BY event_id, n) LIMIT 1""";
        assertThat(QUERY.rows(sql, Map.of(), row -> row.text("event_id"))
                        .contextWrite(TenantScope.entering(new TenantContext(ACME, "free", Placement.POOL, "local")))
                        .block(FreshDatabase.SOON))
                .containsExactly("FROM calls -- it's a text");
    }

    @Test
    void outsideATenantsScopeNothingIsRead() {
        StepVerifier.create(QUERY.rows(MINE, Map.of("id", "x"), row -> row))
                .expectError(MissingTenantException.class)
                .verify(FreshDatabase.SOON);
    }

    @Test
    void thePlatformSaysWhyItCrossesTenants() {
        List<UUID> tenants = QUERY.acrossTenants(
                        new ForPlatform("test"),
                        "SELECT tenant_id FROM calls WHERE tenant_id IN {ids:Array(UUID)} ORDER BY tenant_id",
                        Map.of("ids", List.of(ACME.value(), OTHER.value())),
                        row -> row.uuid("tenant_id"))
                .block(FreshDatabase.SOON);
        assertThat(tenants).containsExactly(ACME.value(), OTHER.value());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> QUERY.acrossTenants(new ForPlatform("test"), MINE, Map.of(), row -> row));
    }

    private static List<String> idsSeenBy(TenantId tenant, String id) {
        return QUERY.rows(MINE, Map.of("id", id), row -> row.text("event_id"))
                .contextWrite(TenantScope.entering(new TenantContext(tenant, "free", Placement.POOL, "local")))
                .blockOptional(FreshDatabase.SOON)
                .orElseThrow();
    }
}
