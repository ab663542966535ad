package io.weir.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScalingTests {

    @ParameterizedTest
    @CsvSource({
        "medium, gateway, Deployment, 3, 10",
        "medium, orchestration, StatefulSet, 3, 10",
        "large, gateway, Deployment, 3, 20",
        "large, orchestration, StatefulSet, 3, 20",
    })
    void theDataPlaneScales(String profile, String service, String kind, int min, int max) {
        Rendered rendered = Chart.profile(profile).render();
        JsonNode spec =
                rendered.get("HorizontalPodAutoscaler", "weir-" + service).path("spec");
        assertThat(spec.path("minReplicas").asInt()).isEqualTo(min);
        assertThat(spec.path("maxReplicas").asInt()).isEqualTo(max);
        assertThat(spec.path("scaleTargetRef").path("kind").asText()).isEqualTo(kind);
        assertThat(rendered.get(kind, "weir-" + service).path("spec").has("replicas"))
                .as("an upgrade would undo what the autoscaler did")
                .isFalse();
    }

    /// Replicas after each period, by the policies that Kubernetes would follow.
    @Test
    void fromThreeToTwentyTakesLessThanTwoMinutes() {
        JsonNode up = Chart.profile("large")
                .render()
                .get("HorizontalPodAutoscaler", "weir-gateway")
                .path("spec")
                .path("behavior")
                .path("scaleUp");
        assertThat(up.path("selectPolicy").asText()).isEqualTo("Max");
        int replicas = 3;
        int seconds = up.path("stabilizationWindowSeconds").asInt();
        while (replicas < 20) {
            int most = replicas;
            for (JsonNode policy : up.path("policies")) {
                int value = policy.path("value").asInt();
                most = Math.max(
                        most,
                        policy.path("type").asText().equals("Pods")
                                ? replicas + value
                                : replicas + replicas * value / 100);
                seconds = Math.max(seconds, policy.path("periodSeconds").asInt());
            }
            seconds += up.path("policies").path(0).path("periodSeconds").asInt();
            replicas = most;
        }
        assertThat(seconds).isLessThan(120);
    }

    @Test
    void analyticsScalesOnWhatItHasNotReadYet() {
        JsonNode spec = Chart.profile("medium")
                .render()
                .get("ScaledObject", "weir-analytics")
                .path("spec");
        assertThat(spec.path("minReplicaCount").asInt()).isEqualTo(2);
        assertThat(spec.path("maxReplicaCount").asInt()).isEqualTo(6);
        JsonNode trigger = spec.path("triggers").path(0);
        assertThat(trigger.path("type").asText()).isEqualTo("kafka");
        assertThat(trigger.path("metadata").path("topic").asText()).isEqualTo("weir.usage.v1");
        assertThat(trigger.path("metadata").path("consumerGroup").asText()).isEqualTo("weir.analytics.usage.v1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"small", "medium", "large"})
    void everyServiceWithSeveralPodsCanBeDrained(String profile) {
        Rendered rendered = Chart.profile(profile).render();
        assertThat(rendered.ofKind("PodDisruptionBudget").count()).isEqualTo(5);
        rendered.ofKind("PodDisruptionBudget").forEach(budget -> {
            JsonNode spec = budget.path("spec");
            assertThat(spec.has("minAvailable")).isNotEqualTo(spec.has("maxUnavailable"));
            assertThat(spec.path("maxUnavailable").asInt()).isPositive();
            assertThat(spec.path("unhealthyPodEvictionPolicy").asText()).isEqualTo("AlwaysAllow");
        });
    }

    @Test
    void aSinglePodHasNoBudget() {
        assertThat(Chart.plain().render().ofKind("PodDisruptionBudget")).isEmpty();
    }

    @Test
    void aBudgetMayCountWhoStays() {
        Rendered rendered =
                new Chart("weir", "small", "defaults: {pdb: {minAvailable: 1, maxUnavailable: \"\"}}").render();
        assertThat(rendered.get("PodDisruptionBudget", "weir-gateway")
                        .path("spec")
                        .path("minAvailable")
                        .asInt())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"small", "medium", "large"})
    void podsAreSpreadByTheirOwnLabels(String profile) {
        Rendered rendered = Chart.profile(profile).render();
        for (String service : new String[] {"gateway", "tenant", "billing", "analytics"}) {
            JsonNode deployment = rendered.get("Deployment", "weir-" + service);
            JsonNode spread =
                    deployment.path("spec").path("template").path("spec").path("topologySpreadConstraints");
            assertThat(spread.size()).isEqualTo(2);
            spread.forEach(constraint -> {
                assertThat(constraint.path("labelSelector").path("matchLabels"))
                        .isEqualTo(deployment.path("spec").path("selector").path("matchLabels"));
                assertThat(constraint.path("whenUnsatisfiable").asText())
                        .isEqualTo(profile.equals("large") ? "DoNotSchedule" : "ScheduleAnyway");
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"eval", "small", "medium", "large"})
    void aPodIsGivenLongerThanItsLongestStream(String profile) {
        for (Rendered.Pods pods : Chart.profile(profile).render().pods()) {
            if (pods.kind().equals("Deployment") || pods.kind().equals("StatefulSet")) {
                int stop = pods.container()
                        .path("lifecycle")
                        .path("preStop")
                        .path("sleep")
                        .path("seconds")
                        .asInt();
                int needed = stop
                        + seconds(pods.environment().getOrDefault("WEIR_HEALTH_DRAINDELAY", ""))
                        + seconds(pods.environment().getOrDefault("SPRING_LIFECYCLE_TIMEOUTPERSHUTDOWNPHASE", ""));
                assertThat(stop).isPositive();
                assertThat(pods.spec().path("terminationGracePeriodSeconds").asInt())
                        .isGreaterThan(needed);
            }
        }
    }

    private static int seconds(String duration) {
        return Integer.parseInt(duration.substring(0, duration.length() - 1));
    }

    @Test
    void orchestrationKeepsItsWriteAheadFile() {
        JsonNode spec =
                Chart.plain().render().get("StatefulSet", "weir-orchestration").path("spec");
        assertThat(spec.path("volumeClaimTemplates")
                        .path(0)
                        .path("metadata")
                        .path("name")
                        .asText())
                .isEqualTo("state");
        assertThat(spec.path("persistentVolumeClaimRetentionPolicy")
                        .path("whenScaled")
                        .asText())
                .isEqualTo("Retain");
        assertThat(spec.path("serviceName").asText()).isEqualTo("weir-orchestration-pods");
        assertThat(Chart.plain().render().find("Service", "weir-orchestration-pods"))
                .isPresent();
    }

    @Test
    void anEntryInheritsWhatItLeavesOutAndMaySetFalseAndZero() {
        Rendered rendered = Chart.with("""
            defaults: {replicas: 2, topologySpread: {maxSkew: 3}, nodeSelector: {pool: ai}}
            services:
              tenant: {shared: {enabled: true}}
              orchestration: {shared: {enabled: true}}
              billing: {replicas: 0, pdb: {enabled: false}, topologySpread: {enabled: false}}
              gateway: {replicas: null}
            """).render();
        JsonNode gateway = rendered.get("Deployment", "weir-gateway").path("spec");
        assertThat(gateway.path("replicas").asInt()).isEqualTo(2);
        assertThat(gateway.path("template")
                        .path("spec")
                        .path("nodeSelector")
                        .path("pool")
                        .asText())
                .isEqualTo("ai");
        assertThat(gateway.path("template")
                        .path("spec")
                        .path("topologySpreadConstraints")
                        .path(0)
                        .path("maxSkew")
                        .asInt())
                .isEqualTo(3);
        JsonNode billing = rendered.get("Deployment", "weir-billing").path("spec");
        assertThat(billing.path("replicas").asInt()).isZero();
        assertThat(billing.path("template").path("spec").has("topologySpreadConstraints"))
                .isFalse();
        assertThat(rendered.find("PodDisruptionBudget", "weir-billing")).isEmpty();
    }

    @Test
    void whatServesCallsIsEvictedLast() {
        Rendered rendered = Chart.profile("large").render();
        int critical =
                rendered.get("PriorityClass", "weir-critical").path("value").asInt();
        int standard =
                rendered.get("PriorityClass", "weir-standard").path("value").asInt();
        assertThat(critical).isGreaterThan(standard);
        assertThat(rendered.pods("weir-gateway")
                        .spec()
                        .path("priorityClassName")
                        .asText())
                .isEqualTo("weir-critical");
        assertThat(rendered.pods("weir-billing")
                        .spec()
                        .path("priorityClassName")
                        .asText())
                .isEqualTo("weir-standard");
    }

    @Test
    void aClassOfTheClustersOwnMayBeNamed() {
        assertThat(Chart.with("services: {gateway: {priorityClass: system-cluster-critical}}")
                        .render()
                        .pods("weir-gateway")
                        .spec()
                        .path("priorityClassName")
                        .asText())
                .isEqualTo("system-cluster-critical");
    }

    @Test
    void aQuotaCountsThePodsOfItsClass() {
        Rendered rendered = Chart.profile("large").render();
        assertThat(rendered.get("ResourceQuota", "weir-standard")
                        .path("spec")
                        .path("scopeSelector")
                        .toString())
                .contains("weir-standard");
        assertThat(rendered.get("ResourceQuota", "weir-all")
                        .path("spec")
                        .path("hard")
                        .has("requests.cpu"))
                .isTrue();
    }
}
