package io.weir.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Golden files are written anew with `-Dgolden.update=true`; read the difference before you commit it.
class RenderingTests {

    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    @ParameterizedTest
    @ValueSource(strings = {"eval", "small", "medium", "large"})
    void aProfileIsAsItsGoldenFile(String profile) throws IOException {
        String text = withoutShippedFiles(Chart.profile(profile).render());
        Path golden = GOLDEN.resolve(profile + ".yaml");
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(golden, text);
        }
        assertThat(text).isEqualTo(Files.readString(golden));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "eval", "small", "medium", "large"})
    void everyObjectHasOnlyFieldsThatItsKindKnows(String profile) {
        List<String> unknown = new ArrayList<>();
        Chart.profile(profile).render().objects().forEach(object -> unknown.addAll(StrictTypes.unknownFields(object)));
        assertThat(unknown).isEmpty();
    }

    @Test
    void aFieldThatItsKindDoesNotKnowIsSeen() {
        JsonNode deployment = Chart.plain().render().get("Deployment", "weir-gateway");
        ObjectNode wrong = deployment.deepCopy();
        ((ObjectNode) wrong.path("spec")
                        .path("template")
                        .path("spec")
                        .path("containers")
                        .path(0))
                .put("imagePull", "x");
        assertThat(StrictTypes.unknownFields(wrong)).singleElement().asString().endsWith(".imagePull");
    }

    @ParameterizedTest
    @ValueSource(strings = {"eval", "small", "medium", "large"})
    void twoRendersAreTheSameToTheByte(String profile) {
        assertThat(Chart.profile(profile).text())
                .isEqualTo(Chart.profile(profile).text());
    }

    @Test
    void noValuesAreTheEvaluation() {
        assertThat(Chart.plain().text()).isEqualTo(Chart.profile("eval").text());
    }

    @Test
    void lintFindsNothing() {
        LintResult result =
                new Helm(Chart.DIRECTORY.toAbsolutePath()).lint().strict().call();
        assertThat(result.isFailed()).as(result.getMessages().toString()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"eval", "small", "medium", "large"})
    void everyObjectHasItsOwnNameAndTheLabelsOfAll(String profile) {
        Set<String> names = new HashSet<>();
        for (JsonNode object : Chart.profile(profile).render().objects()) {
            JsonNode metadata = object.path("metadata");
            String name =
                    object.path("kind").asText() + "/" + metadata.path("name").asText();
            assertThat(names.add(name)).as(name + " is there twice").isTrue();
            assertThat(metadata.path("name").asText().length()).as(name).isLessThanOrEqualTo(63);
            assertThat(metadata.path("labels")
                            .path("app.kubernetes.io/instance")
                            .asText())
                    .as(name)
                    .isEqualTo("weir");
            assertThat(metadata.path("labels").path("app.kubernetes.io/part-of").asText())
                    .as(name)
                    .isEqualTo("weir");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "prod-weir", "platform", "a-release-with-a-name-as-long-as-helm-lets-it-be-1234"})
    void anyReleaseNameGivesNamesThatKubernetesTakes(String release) {
        Rendered rendered = Chart.plain().named(release).render();
        for (JsonNode object : rendered.objects()) {
            assertThat(object.path("metadata").path("name").asText())
                    .matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?")
                    .hasSizeLessThanOrEqualTo(63);
        }
        assertThat(rendered.ofKind("Deployment").count()).isEqualTo(4);
    }

    @Test
    void theFullNameCanBeSet() {
        assertThat(Chart.with("fullnameOverride: other").render().find("StatefulSet", "other-orchestration"))
                .isPresent();
    }

    @Test
    void labelsAndAnnotationsOfAllAreOnAll() {
        Rendered rendered = Chart.with("commonLabels: {team: ai}\ncommonAnnotations: {owner: me}")
                .render();
        for (JsonNode object : rendered.objects()) {
            assertThat(object.path("metadata").path("labels").path("team").asText())
                    .as(object.path("metadata").toString())
                    .isEqualTo("ai");
            assertThat(object.path("metadata").path("annotations").path("owner").asText())
                    .as(object.path("metadata").toString())
                    .isEqualTo("me");
        }
    }

    @Test
    void anImageIsPutTogetherFromItsParts() {
        Chart chart = Chart.with("""
            image: {registry: registry.example.com, repository: ai/weir, tag: 1.2.3, pullSecrets: [{name: pull}]}
            services:
              billing:
                image: {digest: "sha256:%s"}
            """.formatted("a".repeat(64)));
        assertThat(image(chart, "weir-gateway")).isEqualTo("registry.example.com/ai/weir/gateway-service:1.2.3");
        assertThat(image(chart, "weir-billing"))
                .isEqualTo("registry.example.com/ai/weir/billing-service:1.2.3@sha256:" + "a".repeat(64));
        assertThat(chart.render()
                        .pods("weir-gateway")
                        .spec()
                        .path("imagePullSecrets")
                        .toString())
                .isEqualTo("[{\"name\":\"pull\"}]");
    }

    @Test
    void aParentChartsRegistryAndPullSecretsHold() {
        Chart chart = Chart.with("global: {imageRegistry: mirror.example.com, imagePullSecrets: [mirror]}");
        assertThat(image(chart, "weir-tenant")).startsWith("mirror.example.com/weir/tenant-service:");
        assertThat(chart.render().pods("weir-test").container().path("image").asText())
                .startsWith("mirror.example.com/");
    }

    @Test
    void aServiceThatIsOffLeavesNothing() {
        Rendered rendered = Chart.with("services: {billing: {enabled: false}}").render();
        assertThat(rendered.objects())
                .noneMatch(
                        object -> object.path("metadata").path("name").asText().startsWith("weir-billing"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"model", "chaos"})
    void aServiceThatIsToComeIsOneValueAway(String service) {
        assertThat(Chart.plain().render().find("Deployment", "weir-" + service)).isEmpty();
        Rendered rendered =
                Chart.with("services: {" + service + ": {enabled: true}}").render();
        assertThat(rendered.find("Deployment", "weir-" + service)).isPresent();
        assertThat(rendered.find("NetworkPolicy", "weir-" + service)).isPresent();
        rendered.objects()
                .forEach(object -> assertThat(StrictTypes.unknownFields(object)).isEmpty());
    }

    @Test
    void anOlderKubernetesIsRefused() {
        assertThatThrownBy(() -> new Helm(Chart.DIRECTORY.toAbsolutePath())
                        .template()
                        .withKubeVersion("1.29.0")
                        .call())
                .hasMessageContaining("1.30");
    }

    private static String image(Chart chart, String owner) {
        return chart.render().pods(owner).container().path("image").asText();
    }

    /// Rules and dashboards are other people's files, with tests of their own; here it counts that they are shipped.
    private static String withoutShippedFiles(Rendered rendered) {
        StringBuilder text = new StringBuilder();
        for (String document : rendered.text().split("(?m)^---\n")) {
            boolean shipped = document.contains("\nkind: PrometheusRule\n") || document.contains("-dashboard-");
            if (!shipped && !document.isBlank()) {
                text.append("---\n").append(document.strip()).append('\n');
            }
        }
        return text.toString();
    }
}
