package io.weir.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.weir.helm.Rendered.Pods;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Kubernetes' restricted profile of pod security, and some more.
class PodSecurityTests {

    private static final Set<String> VOLUMES = Set.of(
            "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret");

    static Stream<Pods> pods() {
        return Stream.of("eval", "small", "medium", "large")
                .flatMap(profile -> Chart.profile(profile).render().pods().stream());
    }

    @ParameterizedTest
    @MethodSource("pods")
    void aPodPassesTheRestrictedProfile(Pods pods) {
        JsonNode spec = pods.spec();
        assertThat(spec.path("hostNetwork").asBoolean()
                        || spec.path("hostPID").asBoolean()
                        || spec.path("hostIPC").asBoolean())
                .isFalse();
        assertThat(spec.path("securityContext").path("runAsNonRoot").asBoolean())
                .isTrue();
        assertThat(spec.path("securityContext").path("runAsUser").asInt()).isPositive();
        assertThat(spec.path("securityContext")
                        .path("seccompProfile")
                        .path("type")
                        .asText())
                .isEqualTo("RuntimeDefault");
        for (JsonNode volume : spec.path("volumes")) {
            volume.fieldNames()
                    .forEachRemaining(field -> assertThat(field.equals("name") || VOLUMES.contains(field))
                            .as(field)
                            .isTrue());
        }
        assertThat(pods.containers()).isNotEmpty().allSatisfy(PodSecurityTests::restricted);
    }

    private static void restricted(JsonNode container) {
        JsonNode security = container.path("securityContext");
        assertThat(security.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
        assertThat(security.path("readOnlyRootFilesystem").asBoolean()).isTrue();
        assertThat(security.path("runAsNonRoot").asBoolean()).isTrue();
        assertThat(security.path("privileged").asBoolean()).isFalse();
        assertThat(security.path("capabilities").toString()).isEqualTo("{\"drop\":[\"ALL\"]}");
        assertThat(security.path("seccompProfile").path("type").asText()).isEqualTo("RuntimeDefault");
        for (JsonNode port : container.path("ports")) {
            assertThat(port.has("hostPort")).isFalse();
            assertThat(port.path("containerPort").asInt()).isGreaterThan(1023);
        }
    }

    @ParameterizedTest
    @MethodSource("pods")
    void aPodHasLimitsATmpOfItsOwnAndNoTokenItDoesNotNeed(Pods pods) {
        for (JsonNode container : pods.containers()) {
            JsonNode resources = container.path("resources");
            for (String resource : List.of("cpu", "memory", "ephemeral-storage")) {
                assertThat(resources.path("requests").has(resource))
                        .as(resource)
                        .isTrue();
            }
            assertThat(resources.path("limits").has("memory")).isTrue();
            assertThat(resources.path("limits").has("ephemeral-storage")).isTrue();
            assertThat(mounts(container)).contains("/tmp");
        }
        boolean needsTheApi = pods.owner().contains("secret-setup");
        assertThat(pods.spec().path("automountServiceAccountToken").asBoolean(true))
                .isEqualTo(needsTheApi);
        assertThat(pods.spec().path("enableServiceLinks").asBoolean(true)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"eval", "small", "medium", "large"})
    void everyServiceIsProbed(String profile) {
        for (Pods pods : Chart.profile(profile).render().pods()) {
            if (pods.kind().equals("Deployment") || pods.kind().equals("StatefulSet")) {
                JsonNode container = pods.container();
                assertThat(container
                                .path("startupProbe")
                                .path("httpGet")
                                .path("path")
                                .asText())
                        .isEqualTo("/health");
                assertThat(container
                                .path("livenessProbe")
                                .path("httpGet")
                                .path("path")
                                .asText())
                        .isEqualTo("/health");
                assertThat(container
                                .path("readinessProbe")
                                .path("httpGet")
                                .path("path")
                                .asText())
                        .isEqualTo("/ready");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("pods")
    void everyMountHasAVolumeAndEveryVolumeIsMounted(Pods pods) {
        Set<String> volumes = new TreeSet<>();
        pods.spec()
                .path("volumes")
                .forEach(volume -> volumes.add(volume.path("name").asText()));
        Set<String> mounted = new TreeSet<>();
        for (JsonNode container : pods.containers()) {
            for (JsonNode mount : container.path("volumeMounts")) {
                mounted.add(mount.path("name").asText());
                assertThat(mount.has("subPath"))
                        .as("a subPath is never updated when keys are rotated")
                        .isFalse();
            }
        }
        if (pods.kind().equals("StatefulSet")) {
            volumes.add("state");
        }
        assertThat(mounted).isEqualTo(volumes);
    }

    @Test
    void onlyTheSecretSetupMayUseTheApiAndOnlyForSecrets() {
        List<String> rules = new ArrayList<>();
        Chart.plain()
                .render()
                .ofKind("Role")
                .forEach(role -> role.path("rules").forEach(rule -> {
                    assertThat(role.path("metadata").path("name").asText()).isEqualTo("weir-secret-setup");
                    assertThat(rule.path("resources").toString()).isEqualTo("[\"secrets\"]");
                    rules.add(rule.path("verbs").toString());
                    assertThat(rule.has("resourceNames"))
                            .isEqualTo(!rule.path("verbs").toString().contains("create"));
                }));
        assertThat(rules).containsExactly("[\"create\"]", "[\"get\",\"patch\"]");
        assertThat(Chart.plain().render().ofKind("ClusterRole")).isEmpty();
    }

    private static List<String> mounts(JsonNode container) {
        List<String> mounts = new ArrayList<>();
        container
                .path("volumeMounts")
                .forEach(mount -> mounts.add(mount.path("mountPath").asText()));
        return mounts;
    }
}
