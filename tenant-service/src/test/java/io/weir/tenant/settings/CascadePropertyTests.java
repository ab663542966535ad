package io.weir.tenant.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class CascadePropertyTests {

    private static final List<String> PATHS = List.of(
            "limits.requestsPerHour", "limits.documents", "models.maxTokens", "retentionDays", "limits.storageMb");

    @Provide
    Arbitrary<Map<String, Integer>> layer() {
        return Arbitraries.maps(Arbitraries.of(PATHS), Arbitraries.integers().between(1, 1_000));
    }

    @Property(tries = 300)
    void theMostSpecificLayerWinsAndExplainNamesIt(
            @ForAll("layer") Map<String, Integer> system,
            @ForAll("layer") Map<String, Integer> plan,
            @ForAll("layer") Map<String, Integer> tenant) {
        Cascade cascade = new Cascade(List.of(
                new Cascade.Layer("system", settings(system)),
                new Cascade.Layer("plan", settings(plan)),
                new Cascade.Layer("tenant", settings(tenant))));
        for (String path : PATHS) {
            String source = tenant.containsKey(path)
                    ? "tenant"
                    : plan.containsKey(path) ? "plan" : system.containsKey(path) ? "system" : "";
            Integer value = tenant.getOrDefault(path, plan.getOrDefault(path, system.getOrDefault(path, 0)));
            Optional<Cascade.Effective> found = cascade.at(path);
            if (source.isEmpty()) {
                assertThat(found).isEmpty();
                assertThat(Cascade.find(cascade.effective(), path).isMissingNode())
                        .isTrue();
            } else {
                assertThat(found.orElseThrow().source()).isEqualTo(source);
                assertThat(Cascade.find(cascade.effective(), path).asInt()).isEqualTo(value);
                JsonNode explained = Cascade.find(cascade.explained(), path);
                assertThat(explained.path("source").asString()).isEqualTo(source);
                assertThat(explained.path("value").asInt()).isEqualTo(value);
            }
        }
    }

    @Property(tries = 300)
    void aMergePatchSetsWhatItNamesRemovesWhatIsNullAndLeavesTheRest(
            @ForAll("layer") Map<String, Integer> before,
            @ForAll("layer") Map<String, Integer> set,
            @ForAll Set<@net.jqwik.api.constraints.IntRange(min = 0, max = 4) Integer> removed) {
        ObjectNode patch = settings(set);
        for (int index : removed) {
            String path = PATHS.get(index);
            put(patch, path, JsonNodeFactory.instance.nullNode());
        }
        ObjectNode original = settings(before);
        ObjectNode after = new SettingsPatch(patch).applyTo(original);
        assertThat(original).isEqualTo(settings(before));
        for (int i = 0; i < PATHS.size(); i++) {
            String path = PATHS.get(i);
            Integer expected = removed.contains(i) ? null : set.getOrDefault(path, before.get(path));
            JsonNode value = Cascade.find(after, path);
            assertThat(value.isMissingNode() ? null : value.asInt()).isEqualTo(expected);
        }
    }

    private static ObjectNode settings(Map<String, Integer> values) {
        ObjectNode settings = JsonNodeFactory.instance.objectNode();
        values.forEach((path, value) -> put(settings, path, JsonNodeFactory.instance.numberNode(value)));
        return settings;
    }

    private static void put(ObjectNode settings, String path, JsonNode value) {
        int dot = path.indexOf('.');
        if (dot < 0) {
            settings.set(path, value);
        } else {
            settings.withObjectProperty(path.substring(0, dot)).set(path.substring(dot + 1), value);
        }
    }
}
