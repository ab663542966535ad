package io.weir.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.weir.helm.Rendered.Pods;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTests {

    private static final Pattern LITERAL =
            Pattern.compile("(?i)(?<!ca)(password|secret|token|api-?key|pepper)\\s*[:=]\\s*[\"']?[A-Za-z0-9+/_-]{8,}");
    private static final Pattern OF_A_KIND_THAT_IS_KNOWN = Pattern.compile(
            "sk-[A-Za-z0-9]{16}|sk_(live|test)_|whsec_[A-Za-z0-9]|AKIA[0-9A-Z]{16}|BEGIN [A-Z ]*PRIVATE KEY");

    @ParameterizedTest
    @ValueSource(strings = {"eval", "small", "medium", "large"})
    void aRenderHoldsNoSecret(String profile) {
        Rendered rendered = Chart.profile(profile).render();
        assertThat(rendered.ofKind("Secret")).isEmpty();
        assertThat(OF_A_KIND_THAT_IS_KNOWN.matcher(rendered.text()).find()).isFalse();
        for (Pods pods : rendered.pods()) {
            pods.environment().forEach((variable, value) -> {
                if (variable.matches(".*(PASSWORD|APIKEY|SECRET)$")) {
                    assertThat(value).as(variable).contains("secretKeyRef");
                }
            });
        }
    }

    @Test
    void theChartsFilesHoldNoSecret() throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Chart.DIRECTORY)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                for (String line : Files.readAllLines(file)) {
                    boolean code =
                            file.toString().endsWith(".tpl") || file.toString().contains("templates");
                    if (OF_A_KIND_THAT_IS_KNOWN.matcher(line).find()
                            || (file.toString().endsWith(".yaml")
                                    && !code
                                    && LITERAL.matcher(line).find())) {
                        found.add(file + ": " + line);
                    }
                }
            }
        }
        assertThat(found).isEmpty();
    }

    @Test
    void templatesMakeNoSecretsUpThemselves() throws IOException {
        try (Stream<Path> files = Files.walk(Chart.DIRECTORY)) {
            for (Path file : files.filter(path -> path.toString().contains("templates") && Files.isRegularFile(path))
                    .toList()) {
                assertThat(Files.readString(file))
                        .as(file.toString())
                        .doesNotContain(
                                "randAlpha",
                                "genSignedCert",
                                "genPrivateKey",
                                "genCA",
                                "randBytes",
                                "uuidv4",
                                "(now)",
                                "{{ now",
                                "{{- now",
                                "derivePassword");
            }
        }
    }

    @Test
    void theSetupIsToldWhatToMakeAndNothingElse() {
        List<String> arguments = new ArrayList<>();
        setup(Chart.plain()).container().path("args").forEach(argument -> arguments.add(argument.asText()));
        assertThat(arguments)
                .startsWith("io.weir.security.setup.SecretSetup", "--prefix", "weir")
                .contains("postgres-tenant-app", "postgres-superuser", "clickhouse")
                .contains(
                        "signing-gateway",
                        "trusted-keys",
                        "pepper",
                        "envelope-keyset",
                        "provider-keyset",
                        "admin-key",
                        "audit-signing")
                .doesNotContain("redis", "kafka-gateway", "signing-model", "provider-openai");
    }

    @Test
    void whatIsGivenIsNotMade() {
        Chart chart = Chart.with("""
            secrets: {clickhouse: {existingSecret: {name: mine, key: word}}}
            keys: {pepper: {existingSecret: my-peppers}}
            """);
        List<String> arguments = new ArrayList<>();
        setup(chart).container().path("args").forEach(argument -> arguments.add(argument.asText()));
        assertThat(arguments).doesNotContain("clickhouse", "pepper");
        assertThat(chart.render().pods("weir-analytics").environment().get("WEIR_CLICKHOUSE_PASSWORD"))
                .contains("\"mine\"", "\"word\"");
        assertThat(chart.render().pods("weir-gateway").spec().path("volumes").toString())
                .contains("my-peppers");
    }

    private static Pods setup(Chart chart) {
        return chart.render().pods().stream()
                .filter(pods -> pods.owner().startsWith("weir-secret-setup-"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aValueThatIsGivenLiesInASecretOfTheRelease() {
        Rendered rendered = Chart.with("secrets: {redis: {value: word}}\nexternal: {redis: {auth: true}}")
                .render();
        assertThat(rendered.get("Secret", "weir-given")
                        .path("data")
                        .path("redis")
                        .asText())
                .isEqualTo("d29yZA==");
        assertThat(rendered.pods("weir-gateway").environment().get("REDIS_PASSWORD"))
                .contains("weir-given");
    }

    @Test
    void allThatIsMissingIsNamedInOneList() {
        assertThatThrownBy(() -> Chart.with("""
            secretSetup: {enabled: false}
            external: {stripe: {enabled: true}}
            """).text())
                .hasMessageContaining("these secrets are not given: ")
                .hasMessageContaining("secrets.postgres-tenant-app")
                .hasMessageContaining("secrets.clickhouse")
                .hasMessageContaining("secrets.stripe-api-key")
                .hasMessageContaining("keys.signing-gateway")
                .hasMessageContaining("keys.admin-key")
                .hasMessageContaining("helm/README.md, Secrets");
    }

    @Test
    void withoutTheSetupThereIsNeitherJobNorRole() {
        StringBuilder values = new StringBuilder("secretSetup: {enabled: false}\nkeys:\n");
        for (String key : List.of(
                "trusted-keys",
                "signing-gateway",
                "signing-tenant",
                "signing-orchestration",
                "signing-billing",
                "signing-analytics",
                "pepper",
                "envelope-keyset",
                "provider-keyset",
                "audit-signing",
                "admin-key")) {
            values.append("  ").append(key).append(": {existingSecret: mine}\n");
        }
        Rendered rendered = new Chart("weir", "small", values.toString()).render();
        assertThat(rendered.ofKind("Role")).isEmpty();
        assertThat(rendered.pods()).noneMatch(pods -> pods.owner().contains("secret-setup"));
    }

    @Test
    void tlsWithoutACertificateIsMissingToo() {
        assertThatThrownBy(() -> Chart.with("gateway: {tls: {enabled: true}}").text())
                .hasMessageContaining("not given: gateway.tls");
    }

    @Test
    void aTrustStoreIsMountedAndUsed() {
        Pods pods =
                Chart.with("trustStore: {existingSecret: authorities}").render().pods("weir-orchestration");
        assertThat(pods.environment().get("JDK_JAVA_OPTIONS"))
                .contains("-Djavax.net.ssl.trustStore=/etc/weir/truststore/truststore.p12");
        JsonNode volumes = pods.spec().path("volumes");
        assertThat(volumes.toString()).contains("\"authorities\"");
    }
}
