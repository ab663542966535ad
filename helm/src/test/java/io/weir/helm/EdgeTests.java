package io.weir.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.weir.helm.Rendered.Pods;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How the platform is reached, and how it is watched.
class EdgeTests {

    private static Rendered strict(String values) {
        Rendered rendered = Chart.with(values).render();
        rendered.objects()
                .forEach(object -> assertThat(StrictTypes.unknownFields(object)).isEmpty());
        return rendered;
    }

    @ParameterizedTest
    @CsvSource({
        "nginx, nginx.ingress.kubernetes.io/proxy-buffering, off",
        "nginx, nginx.ingress.kubernetes.io/proxy-read-timeout, 3600",
        "nginx, nginx.ingress.kubernetes.io/proxy-body-size, 201m",
        "haproxy, haproxy.org/timeout-server, 3600s",
        "alb, alb.ingress.kubernetes.io/load-balancer-attributes, idle_timeout.timeout_seconds=3600",
    })
    void anIngressLetsStreamsLive(String controller, String annotation, String value) {
        JsonNode ingress = strict("ingress: {enabled: true, hosts: [api.example.com], controller: " + controller + "}")
                .get("Ingress", "weir-gateway");
        assertThat(ingress.path("metadata").path("annotations").path(annotation).asText())
                .isEqualTo(value);
    }

    @Test
    void anIngressLeadsToTheGatewayAlone() {
        Rendered rendered = strict("""
            ingress:
              enabled: true
              className: nginx
              hosts: [api.example.com, "*.app.example.com"]
              tls: [{hosts: [api.example.com], secretName: cert}]
              annotations: {cert-manager.io/cluster-issuer: letsencrypt}
            """);
        JsonNode ingress = rendered.get("Ingress", "weir-gateway");
        assertThat(ingress.path("spec").path("rules").size()).isEqualTo(2);
        assertThat(ingress.findValuesAsText("name"))
                .contains("weir-gateway", "http")
                .doesNotContain("weir-tenant");
        assertThat(ingress.path("metadata")
                        .path("annotations")
                        .path("cert-manager.io/cluster-issuer")
                        .asText())
                .isEqualTo("letsencrypt");
    }

    @Test
    void whatIsSetByHandStandsBeforeTheControllersPreset() {
        JsonNode ingress = strict("""
            ingress:
              enabled: true
              hosts: [a.example.com]
              controller: nginx
              annotations: {nginx.ingress.kubernetes.io/proxy-body-size: 10m}
            """).get("Ingress", "weir-gateway");
        assertThat(ingress.path("metadata")
                        .path("annotations")
                        .path("nginx.ingress.kubernetes.io/proxy-body-size")
                        .asText())
                .isEqualTo("10m");
    }

    @Test
    void anHttpRouteHasNoEndForStreams() {
        JsonNode route = strict("httpRoute: {enabled: true, parentRefs: [{name: public, namespace: edge}], hostnames:"
                        + " [api.example.com]}")
                .get("HTTPRoute", "weir-gateway")
                .path("spec");
        assertThat(route.path("rules").path(0).path("timeouts").path("request").asText())
                .isEqualTo("0s");
        assertThat(route.path("parentRefs").path(0).path("name").asText()).isEqualTo("public");
        assertThat(route.path("rules")
                        .path(0)
                        .path("backendRefs")
                        .path(0)
                        .path("name")
                        .asText())
                .isEqualTo("weir-gateway");
    }

    @Test
    void theGatewayServesTls() {
        Rendered rendered =
                strict("gateway: {tls: {enabled: true, existingSecret: cert}, service: {type: LoadBalancer}}");
        Pods gateway = rendered.pods("weir-gateway");
        assertThat(gateway.environment())
                .containsAllEntriesOf(Map.of(
                        "WEIR_TLS_PORT", "8443",
                        "WEIR_TLS_CERTIFICATE", "/etc/weir/tls/tls.crt",
                        "WEIR_TLS_PRIVATEKEY", "/etc/weir/tls/tls.key",
                        "WEIR_TLS_PLAINHTTP", "nobody"));
        JsonNode service = rendered.get("Service", "weir-gateway").path("spec");
        assertThat(service.path("type").asText()).isEqualTo("LoadBalancer");
        assertThat(service.path("ports").toString()).contains("\"port\":443", "\"targetPort\":\"https\"");
        assertThat(rendered.pods("weir-tenant").environment()).doesNotContainKey("WEIR_TLS_PORT");
    }

    @Test
    void onlyTheGatewayCanBeReachedFromOutside() {
        Rendered rendered =
                strict("gateway: {service: {type: LoadBalancer, loadBalancerSourceRanges: [203.0.113.0/24]}}");
        rendered.ofKind("Service").forEach(service -> {
            String name = service.path("metadata").path("name").asText();
            assertThat(service.path("spec").path("type").asText("ClusterIP"))
                    .isEqualTo(name.equals("weir-gateway") ? "LoadBalancer" : "ClusterIP");
        });
    }

    @Test
    void metricsAreOnTheirOwnServiceAndNeverBehindTheGatewaysAddress() {
        Chart.plain().render().ofKind("Service").forEach(service -> {
            boolean own = service.path("metadata").path("name").asText().endsWith("-pods");
            assertThat(service.path("spec").path("ports").toString().contains("management"))
                    .isEqualTo(own);
        });
    }

    @Test
    void monitoringIsOffUnlessItsKindsAreThere() {
        Rendered rendered = Chart.plain().render();
        for (String kind : new String[] {
            "ServiceMonitor", "PrometheusRule", "HorizontalPodAutoscaler", "ScaledObject", "HTTPRoute", "Ingress"
        }) {
            assertThat(rendered.ofKind(kind)).as(kind).isEmpty();
        }
    }

    @Test
    void aServiceMonitorFindsTheMetricsOfAllServices() {
        Rendered rendered = strict("""
            monitoring:
              serviceMonitor: {enabled: true, namespace: monitoring, interval: 15s, labels: {release: prometheus}, annotations: {a: b}}
            """);
        JsonNode monitor = rendered.get("ServiceMonitor", "weir");
        assertThat(monitor.path("metadata").path("namespace").asText()).isEqualTo("monitoring");
        assertThat(monitor.path("metadata").path("labels").path("release").asText())
                .isEqualTo("prometheus");
        JsonNode endpoint = monitor.path("spec").path("endpoints").path(0);
        assertThat(endpoint.path("path").asText()).isEqualTo("/metrics");
        assertThat(endpoint.path("port").asText()).isEqualTo("management");
        assertThat(rendered.ofKind("Service")
                        .filter(service -> service.path("spec")
                                .path("ports")
                                .findValuesAsText("name")
                                .contains("management"))
                        .count())
                .isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"eval", "small", "medium", "large"})
    void onlyPublicWordsAreSaidAboutThePlatform(String profile) {
        assertThat(Chart.profile(profile).render().text()).doesNotContain("TODO", "FIXME", "localhost:");
    }

    @Test
    void rulesAndDashboardsAreShippedAsTheyAreWithLinksOfTheInstallation() throws IOException {
        Rendered rendered = Chart.with("""
            monitoring:
              links: {runbooks: "https://runbooks.example.com/weir", grafana: "https://grafana.example.com"}
              rules: {enabled: true, namespace: monitoring, labels: {release: prometheus}, annotations: {a: b}}
              dashboards: {enabled: true, labelKey: board, labelValue: "yes", annotations: {folder: Weir}}
            """).render();
        assertThat(rendered.ofKind("PrometheusRule").count()).isEqualTo(files("rules", ".yaml"));
        assertThat(rendered.ofKind("ConfigMap")
                        .filter(map ->
                                map.path("metadata").path("name").asText().contains("-dashboard-"))
                        .count())
                .isEqualTo(files("dashboards", ".json"));
        assertThat(rendered.text()).doesNotContain("docs.weir.example").doesNotContain("grafana.weir.example");
        rendered.ofKind("PrometheusRule").forEach(rule -> {
            assertThat(rule.path("spec").path("groups").isArray()).isTrue();
            assertThat(rule.path("metadata").path("labels").path("release").asText())
                    .isEqualTo("prometheus");
        });
        rendered.ofKind("ConfigMap")
                .filter(map -> map.path("metadata").path("name").asText().contains("-dashboard-"))
                .forEach(map -> {
                    assertThat(map.path("metadata").path("labels").path("board").asText())
                            .isEqualTo("yes");
                    assertThat(map.toString().length()).isLessThan(1_000_000);
                });
    }

    private static long files(String directory, String suffix) throws IOException {
        Path place = Chart.DIRECTORY.resolve(directory);
        if (!Files.isDirectory(place)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(place)) {
            return files.filter(file -> file.toString().endsWith(suffix)).count();
        }
    }
}
