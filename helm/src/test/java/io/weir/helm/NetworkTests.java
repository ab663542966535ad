package io.weir.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who may talk to whom, read from the policies as Kubernetes reads them: a connection between two pods needs one
/// policy at its beginning and one at its end that allow it.
class NetworkTests {

    private static final String COMPONENT = "app.kubernetes.io/component";
    private static final List<String> SERVICES = List.of("gateway", "tenant", "orchestration", "billing", "analytics");

    /// From, to, port. What is not here may not be.
    private static final Set<String> ALLOWED = Set.of(
            "gateway > tenant 8080",
            "gateway > orchestration 8080",
            "gateway > analytics 8080",
            "gateway > billing 8080",
            "tenant > analytics 8080",
            "billing > orchestration 8080",
            "billing > analytics 8080",
            "test > gateway 8080",
            "test > tenant 8080",
            "test > orchestration 8080",
            "test > billing 8080",
            "test > analytics 8080",
            // The gateway is reached from everywhere, also from inside, unless its callers are named; but a pod of the
            // platform may begin no such connection.
            "outside > gateway 8080",
            "monitoring > gateway 9090",
            "monitoring > tenant 9090",
            "monitoring > orchestration 9090",
            "monitoring > billing 9090",
            "monitoring > analytics 9090");

    private static final Map<String, Set<String>> STORES = Map.of(
            "gateway", Set.of("kafka", "redis"),
            "tenant", Set.of("kafka", "postgres", "internet"),
            "orchestration", Set.of("kafka", "postgres", "redis", "bucket", "internet"),
            "billing", Set.of("kafka", "postgres"),
            "analytics", Set.of("kafka", "clickhouse"));

    private static final String STORES_APART = """
        external:
          postgres: {host: p, peers: [{ipBlock: {cidr: 10.1.0.0/16}}]}
          kafka: {peers: [{ipBlock: {cidr: 10.2.0.0/16}}]}
          redis: {peers: [{ipBlock: {cidr: 10.3.0.0/16}}]}
          clickhouse: {host: c, peers: [{ipBlock: {cidr: 10.4.0.0/16}}]}
          objectStore: {bucket: files, region: us-east-1, endpoint: "http://minio:9000", port: 9000, peers: [{ipBlock: {cidr: 10.5.0.0/16}}]}
        """;

    @ParameterizedTest
    @ValueSource(strings = {"eval", "small", "medium", "large"})
    void theTableOfWhoMayTalkToWhom(String profile) {
        assertThat(connections(Chart.profile(profile).render())).isEqualTo(new TreeSet<>(ALLOWED));
    }

    @Test
    void onlyItsOwnServicesReachAStore() {
        Rendered rendered = new Chart("weir", "small", STORES_APART).render();
        Map<String, String> names = Map.of(
                "10.1.0.0/16",
                "postgres",
                "10.2.0.0/16",
                "kafka",
                "10.3.0.0/16",
                "redis",
                "10.4.0.0/16",
                "clickhouse",
                "10.5.0.0/16",
                "bucket",
                "0.0.0.0/0",
                "internet");
        for (String service : SERVICES) {
            Set<String> reached = new TreeSet<>();
            for (JsonNode rule : policy(rendered, service).path("egress")) {
                for (JsonNode peer : rule.path("to")) {
                    if (peer.has("ipBlock")) {
                        reached.add(names.get(peer.path("ipBlock").path("cidr").asText()));
                    }
                }
            }
            assertThat(reached).as(service).isEqualTo(STORES.get(service));
        }
    }

    @Test
    void theInternetIsPublicAddressesAtOnePort() {
        JsonNode rule = policy(Chart.profile("small").render(), "orchestration")
                .path("egress")
                .valueStream()
                .filter(one -> one.path("to").toString().contains("0.0.0.0/0"))
                .findFirst()
                .orElseThrow();
        assertThat(rule.path("ports").toString()).isEqualTo("[{\"protocol\":\"TCP\",\"port\":443}]");
        assertThat(rule.path("to").path(0).path("ipBlock").path("except").toString())
                .contains("10.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10");
    }

    @Test
    void whatNoPolicyAllowsIsDenied() {
        JsonNode deny = Chart.plain().render().get("NetworkPolicy", "weir-deny").path("spec");
        assertThat(deny.path("policyTypes").toString()).isEqualTo("[\"Ingress\",\"Egress\"]");
        assertThat(deny.has("ingress") || deny.has("egress")).isFalse();
        for (Rendered.Pods pods : Chart.plain().render().pods()) {
            JsonNode labels = pods.metadata().path("labels");
            deny.path("podSelector")
                    .path("matchLabels")
                    .properties()
                    .forEach(label -> assertThat(labels.path(label.getKey()))
                            .as(pods.owner())
                            .isEqualTo(label.getValue()));
        }
    }

    @Test
    void jobsReachTheirDatabaseAndTheSetupTheApi() {
        Rendered rendered = Chart.plain().render();
        assertThat(rendered.get("NetworkPolicy", "weir-jobs")
                        .path("spec")
                        .path("egress")
                        .toString())
                .contains("5432");
        assertThat(rendered.get("NetworkPolicy", "weir-secret-setup")
                        .path("spec")
                        .path("egress")
                        .toString())
                .contains("443")
                .doesNotContain("5432");
    }

    @Test
    void theGatewaysCallersCanBeNamed() {
        JsonNode rule = policy(
                        Chart.with("networkPolicy: {ingressFrom: [{namespaceSelector: {matchLabels: {name:"
                                        + " ingress}}}]}")
                                .render(),
                        "gateway")
                .path("ingress")
                .path(0);
        assertThat(rule.path("from").toString()).contains("ingress");
    }

    @Test
    void aServiceThatIsOffIsReachedByNobody() {
        assertThat(policy(Chart.with("services: {billing: {enabled: false}}").render(), "gateway")
                        .path("egress")
                        .toString())
                .doesNotContain("billing");
    }

    @Test
    void withCiliumProvidersAreNames() {
        Rendered rendered = new Chart(
                        "weir",
                        "small",
                        "networkPolicy: {fqdn: {engine: cilium, extra: [hooks.example.com]}}\n"
                                + "external: {stripe: {enabled: true}}\n"
                                + "secrets: {stripe-api-key: {existingSecret: {name: s}}, stripe-webhook: {existingSecret:"
                                + " {name: s}}}")
                .render();
        JsonNode names = rendered.get("CiliumNetworkPolicy", "weir-orchestration")
                .path("spec")
                .path("egress")
                .path(1)
                .path("toFQDNs");
        List<String> allowed = new ArrayList<>();
        names.forEach(name -> allowed.add(name.path("matchName").asText()));
        assertThat(allowed)
                .containsExactlyInAnyOrder(
                        "api.openai.com",
                        "api.anthropic.com",
                        "generativelanguage.googleapis.com",
                        "hooks.example.com");
        assertThat(rendered.get("CiliumNetworkPolicy", "weir-billing").toString())
                .contains("api.stripe.com");
        assertThat(policy(rendered, "orchestration").toString()).doesNotContain("0.0.0.0/0");
    }

    @Test
    void policiesCanBeLeftToOthers() {
        assertThat(Chart.with("networkPolicy: {enabled: false}").render().ofKind("NetworkPolicy"))
                .isEmpty();
    }

    @Test
    void theTracesCollectorIsReachedWhereThereIsOne() {
        Rendered rendered = Chart.with("""
            monitoring:
              tracing: {endpoint: "http://otel:4318/v1/traces", peers: [{podSelector: {matchLabels: {app: otel}}}]}
            """).render();
        assertThat(policy(rendered, "gateway").path("egress").toString())
                .contains("otel")
                .contains("4318");
    }

    private static JsonNode policy(Rendered rendered, String service) {
        return rendered.get("NetworkPolicy", "weir-" + service).path("spec");
    }

    /// Every pair of pods and every port of which both sides allow it.
    private static Set<String> connections(Rendered rendered) {
        Map<String, JsonNode> pods = new TreeMap<>();
        for (Rendered.Pods all : rendered.pods()) {
            pods.putIfAbsent(
                    all.metadata().path("labels").path(COMPONENT).asText(),
                    all.metadata().path("labels"));
        }
        Set<String> found = new TreeSet<>();
        for (String to : pods.keySet()) {
            for (int port : new int[] {8080, 8443, 9090, 5432, 22}) {
                for (String from : pods.keySet()) {
                    if (!from.equals(to)
                            && egress(rendered, pods.get(from), pods.get(to), port)
                            && ingress(rendered, pods.get(to), pods.get(from), "weir-system", port)) {
                        found.add(from + " > " + to + " " + port);
                    }
                }
                if (ingress(rendered, pods.get(to), null, "elsewhere", port)) {
                    found.add("outside > " + to + " " + port);
                } else if (ingress(rendered, pods.get(to), null, "monitoring", port)) {
                    found.add("monitoring > " + to + " " + port);
                }
            }
        }
        return found;
    }

    private static boolean egress(Rendered rendered, JsonNode from, JsonNode to, int port) {
        return rendered.ofKind("NetworkPolicy")
                .map(policy -> policy.path("spec"))
                .filter(spec -> selects(spec.path("podSelector"), from))
                .flatMap(spec -> spec.path("egress").valueStream())
                .anyMatch(rule -> rule.path("ports")
                                .valueStream()
                                .anyMatch(one -> one.path("port").asInt() == port)
                        && rule.path("to")
                                .valueStream()
                                .anyMatch(peer -> peer.has("podSelector")
                                        && !peer.has("namespaceSelector")
                                        && selects(peer.path("podSelector"), to)));
    }

    private static boolean ingress(
            Rendered rendered, JsonNode to, @Nullable JsonNode from, String namespace, int port) {
        return rendered.ofKind("NetworkPolicy")
                .map(policy -> policy.path("spec"))
                .filter(spec -> selects(spec.path("podSelector"), to))
                .flatMap(spec -> spec.path("ingress").valueStream())
                .filter(rule -> rule.path("ports")
                        .valueStream()
                        .anyMatch(one -> one.path("port").asInt() == port))
                .anyMatch(rule -> !rule.has("from")
                        || rule.path("from")
                                .valueStream()
                                .anyMatch(peer -> peer.has("namespaceSelector")
                                        ? peer.path("namespaceSelector")
                                                .path("matchLabels")
                                                .path("kubernetes.io/metadata.name")
                                                .asText()
                                                .equals(namespace)
                                        : from != null && selects(peer.path("podSelector"), from)));
    }

    private static boolean selects(JsonNode selector, JsonNode labels) {
        boolean matched = selector.path("matchLabels").properties().stream()
                .allMatch(label -> label.getValue()
                        .asText()
                        .equals(labels.path(label.getKey()).asText()));
        return matched
                && selector.path("matchExpressions")
                        .valueStream()
                        .noneMatch(expression -> expression
                                .path("values")
                                .valueStream()
                                .anyMatch(value -> value.asText()
                                        .equals(labels.path(
                                                        expression.path("key").asText())
                                                .asText())));
    }
}
