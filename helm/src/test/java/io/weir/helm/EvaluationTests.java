package io.weir.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The stores of a trial, and that the chart with no values finds them.
class EvaluationTests {

    private static final Helm CHART = new Helm(Path.of("weir-eval-deps").toAbsolutePath());
    private static final Rendered STORES = new Rendered(
            CHART.template().withName("deps").withKubeVersion("1.33.0").call());

    @Test
    void itIsCleanAndStrictlyValid() {
        assertThat(CHART.lint().strict().call().isFailed()).isFalse();
        STORES.objects()
                .forEach(object -> assertThat(StrictTypes.unknownFields(object)).isEmpty());
        assertThat(STORES.pods()).hasSize(5);
    }

    @Test
    void itsPodsPassTheRestrictedProfileToo() {
        for (Rendered.Pods pods : STORES.pods()) {
            JsonNode security = pods.container().path("securityContext");
            assertThat(security.path("allowPrivilegeEscalation").asBoolean(true))
                    .isFalse();
            assertThat(security.path("capabilities").toString()).isEqualTo("{\"drop\":[\"ALL\"]}");
            assertThat(pods.spec().path("securityContext").path("runAsNonRoot").asBoolean())
                    .isTrue();
            assertThat(pods.spec().path("securityContext").path("runAsUser").asInt())
                    .isPositive();
            assertThat(pods.container().path("image").asText())
                    .doesNotContain("bitnami")
                    .doesNotEndWith(":latest");
        }
    }

    @Test
    void theChartsOwnAddressesAreTheirs() {
        Map<String, String> orchestration =
                Chart.plain().render().pods("weir-orchestration").environment();
        assertThat(address(orchestration.get("WEIR_KAFKA_BOOTSTRAPSERVERS"))).isPresent();
        assertThat(address(orchestration.get("WEIR_REDIS_URL"))).isPresent();
        assertThat(address(orchestration.get("WEIR_PROVIDERS_OPENAI_BASEURL"))).isPresent();
        assertThat(address(orchestration.get("WEIR_POSTGRES_HOST") + ":" + orchestration.get("WEIR_POSTGRES_PORT")))
                .isPresent();
        assertThat(address(Chart.plain()
                        .render()
                        .pods("weir-analytics")
                        .environment()
                        .get("WEIR_CLICKHOUSE_URL")))
                .isPresent();
    }

    private static Optional<JsonNode> address(@Nullable String text) {
        return STORES.ofKind("Service")
                .filter(service -> String.valueOf(text)
                        .contains(service.path("metadata").path("name").asText() + ":"
                                + service.path("spec")
                                        .path("ports")
                                        .path(0)
                                        .path("port")
                                        .asInt()))
                .findFirst();
    }

    @Test
    void theirPasswordsAreOnesThatTheSetupMakes() {
        String arguments = Chart.plain().render().pods().stream()
                .filter(pods -> pods.owner().startsWith("weir-secret-setup-"))
                .findFirst()
                .orElseThrow()
                .container()
                .path("args")
                .toString();
        for (Rendered.Pods pods : STORES.pods()) {
            for (JsonNode variable : pods.container().path("env")) {
                JsonNode reference = variable.path("valueFrom").path("secretKeyRef");
                if (!reference.isMissingNode()) {
                    assertThat(arguments).contains("\"" + reference.path("key").asText() + "\"");
                    assertThat(reference.path("name").asText()).isEqualTo("weir-passwords");
                }
            }
        }
    }
}
