package io.weir.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.weir.helm.Rendered.Pods;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The jobs, and what starts them.
class HooksTests {

    private static List<JsonNode> jobs(String mode) {
        return Chart.with("hooks: {mode: " + mode + "}").render().ofKind("Job").toList();
    }

    @ParameterizedTest
    @CsvSource({"helm, helm.sh/hook, 'pre-install,pre-upgrade'", "argocd, argocd.argoproj.io/hook, PreSync"})
    void aHooksModeIsItsAnnotation(String mode, String annotation, String value) {
        assertThat(jobs(mode))
                .hasSize(7)
                .allSatisfy(job ->
                        assertThat(annotations(job).path(annotation).asText()).isEqualTo(value));
    }

    @Test
    void withoutHooksJobsArePlainAndNoneIsLeft() {
        assertThat(jobs("none")).hasSize(7).allSatisfy(job -> {
            assertThat(annotations(job).toString()).doesNotContain("helm.sh/hook", "argocd");
            assertThat(job.path("spec").path("ttlSecondsAfterFinished").asInt()).isEqualTo(3600);
        });
    }

    private static JsonNode annotations(JsonNode job) {
        return job.path("metadata").path("annotations");
    }

    @ParameterizedTest
    @ValueSource(strings = {"helm", "argocd", "none"})
    void whatAJobRunsIsInItsNameAndOnIt(String mode) {
        String digest = "sha256:" + "b".repeat(64);
        Set<String> before = names(jobs(mode));
        List<JsonNode> after = Chart.with(
                        "hooks: {mode: " + mode + "}\ndefaults: {image: {digest: \"" + digest + "\"}}")
                .render()
                .ofKind("Job")
                .toList();
        assertThat(names(after)).hasSize(before.size()).doesNotContainAnyElementsOf(before);
        assertThat(after)
                .allSatisfy(
                        job -> assertThat(annotations(job).path("weir.io/image").asText())
                                .endsWith(digest));
    }

    private static Set<String> names(List<JsonNode> jobs) {
        Set<String> names = new TreeSet<>();
        jobs.forEach(job -> names.add(job.path("metadata").path("name").asText()));
        return names;
    }

    @Test
    void secretsComeBeforeDatabasesAndDatabasesBeforeMigrations() {
        int secrets = weight("secret-setup");
        int databases = weight("database-tenant");
        int migrations = weight("migrate-tenant");
        assertThat(secrets).isLessThan(databases);
        assertThat(databases).isLessThan(migrations);
        JsonNode role = Chart.plain().render().get("Role", "weir-secret-setup");
        assertThat(annotations(role).path("helm.sh/hook-weight").asInt()).isLessThan(secrets);
    }

    private static int weight(String job) {
        return Chart.plain()
                .render()
                .ofKind("Job")
                .filter(one -> one.path("metadata").path("name").asText().startsWith("weir-" + job + "-"))
                .mapToInt(one -> annotations(one).path("helm.sh/hook-weight").asInt())
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tenant", "orchestration", "billing"})
    void aDatabaseIsMigratedByItsOwnServicesImageAndLogins(String service) {
        Pods job = job("weir-migrate-" + service);
        assertThat(job.container().path("image").asText()).isEqualTo("weir/" + service + "-service:0.1.0");
        assertThat(job.container().path("args").toString()).contains("io.weir.r2dbc.DatabaseMigration");
        assertThat(job.environment())
                .containsEntry("WEIR_POSTGRES_DATABASE", service)
                .containsKeys("WEIR_POSTGRES_MIGRATOR_PASSWORD")
                .doesNotContainKeys("WEIR_POSTGRES_SUPERUSER_PASSWORD", "WEIR_POSTGRES_MOVER_PASSWORD");
    }

    @Test
    void theSuperuserIsKnownToTheJobThatMakesDatabasesAlone() {
        for (Pods pods : Chart.plain().render().pods()) {
            assertThat(pods.environment().containsKey("WEIR_POSTGRES_SUPERUSER_PASSWORD"))
                    .as(pods.owner())
                    .isEqualTo(pods.owner().startsWith("weir-database-"));
        }
    }

    private static Pods job(String prefix) {
        return Chart.plain().render().pods().stream()
                .filter(pods -> pods.owner().startsWith(prefix))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void jobsCanBeLeftOut() {
        Chart chart = Chart.with("migrations: {enabled: false}\ndatabaseSetup: {enabled: false}");
        assertThat(chart.render().ofKind("Job").count()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"helm", "argocd", "none"})
    void everyModesObjectsAreStrictlyValid(String mode) {
        Chart.with("hooks: {mode: " + mode + "}")
                .render()
                .objects()
                .forEach(object -> assertThat(StrictTypes.unknownFields(object)).isEmpty());
    }

    @Test
    void theTestCallsEveryServiceAndTheModel() {
        Pods test = Chart.plain().render().pods("weir-test");
        assertThat(test.metadata().path("annotations").path("helm.sh/hook").asText())
                .isEqualTo("test");
        assertThat(test.environment().getOrDefault("SERVICES", "").split(" ")).hasSize(5);
        assertThat(test.environment())
                .containsEntry("MODEL", "gpt-4o-mini")
                .containsEntry("GATEWAY", "http://weir-gateway:8080");
        assertThat(Chart.plain()
                        .render()
                        .get("ConfigMap", "weir-test")
                        .path("data")
                        .path("test.sh")
                        .asText())
                .contains("/ready", "/v1/chat/completions", "/api/analytics/requests/");
    }

    @Test
    void theTestSpeaksTlsWhereTheGatewayDoes() {
        Pods test = Chart.with("gateway: {tls: {enabled: true, existingSecret: cert}}")
                .render()
                .pods("weir-test");
        assertThat(test.environment()).containsEntry("GATEWAY", "https://weir-gateway:443");
        assertThat(test.spec().path("volumes").toString()).contains("tls.crt").doesNotContain("tls.key");
    }
}
