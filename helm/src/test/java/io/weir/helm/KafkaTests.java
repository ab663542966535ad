package io.weir.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who may do what with which topic, against the page of topics.
class KafkaTests {

    private static final Set<String> SERVICES = Set.of("gateway", "tenant", "orchestration", "billing", "analytics");
    private static final Chart STRIMZI =
            new Chart("weir", "small", "external: {kafka: {acls: {mode: strimzi, cluster: main}}}");

    /// Topic, without the prefix, to the services of a column; "all services" are all.
    private static Map<String, Set<String>> documented(String section, String column) throws IOException {
        Map<String, Set<String>> table = new TreeMap<>();
        int at = -1;
        boolean inSection = false;
        for (String line : Files.readAllLines(Path.of("../docs/reference/topics.md"))) {
            if (line.startsWith("## ")) {
                inSection = line.equals("## " + section);
            }
            if (!inSection || !line.startsWith("|")) {
                continue;
            }
            String[] cells = line.split("\\|");
            if (line.startsWith("| Topic")) {
                for (int i = 0; i < cells.length; i++) {
                    at = cells[i].strip().equals(column) ? i : at;
                }
            } else if (line.startsWith("| `weir.")) {
                String topic = cells[1].strip().replace("`", "").substring("weir.".length());
                Set<String> who = new TreeSet<>();
                for (String one : cells[at].strip().split(", ")) {
                    if (one.equals("all services")) {
                        who.addAll(SERVICES);
                    } else if (!one.startsWith("(")) {
                        who.add(one);
                    }
                }
                table.put(topic, who);
            }
        }
        return table;
    }

    private static boolean may(String service, String operation, String topic) {
        JsonNode acls = STRIMZI.render()
                .get("KafkaUser", "weir-" + service)
                .path("spec")
                .path("authorization")
                .path("acls");
        return acls.valueStream()
                .anyMatch(acl -> acl.path("resource").path("name").asText().equals("weir." + topic)
                        && acl.path("operations")
                                .valueStream()
                                .anyMatch(one -> one.asText().equals(operation)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Events", "Snapshots"})
    void whoWritesATopicIsWhoMay(String section) throws IOException {
        Map<String, Set<String>> writers = documented(section, section.equals("Events") ? "Written by" : "Owner");
        assertThat(writers).isNotEmpty();
        writers.forEach((topic, who) -> SERVICES.forEach(service -> assertThat(may(service, "Write", topic))
                .as(service + " writes " + topic)
                .isEqualTo(who.contains(service))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Events", "Snapshots"})
    void whoReadsATopicMay(String section) throws IOException {
        documented(section, "Read by")
                .forEach((topic, who) -> who.forEach(service -> assertThat(may(service, "Read", topic))
                        .as(service + " reads " + topic)
                        .isTrue()));
    }

    /// Owners read their own snapshots back, and analytics repairs its dead letters; nobody else reads more.
    @Test
    void nobodyElseReadsWhatTenantsWrote() throws IOException {
        Map<String, Set<String>> readers = documented("Snapshots", "Read by");
        Map<String, Set<String>> owners = documented("Snapshots", "Owner");
        readers.forEach((topic, who) -> SERVICES.stream()
                .filter(service -> !who.contains(service)
                        && !owners.getOrDefault(topic, Set.of()).contains(service))
                .forEach(service -> assertThat(may(service, "Read", topic))
                        .as(service + " reads " + topic)
                        .isFalse()));
    }

    @Test
    void aServiceCommitsForItsOwnGroupsAlone() {
        JsonNode acls = STRIMZI.render()
                .get("KafkaUser", "weir-analytics")
                .path("spec")
                .path("authorization")
                .path("acls");
        assertThat(acls.valueStream()
                        .filter(acl ->
                                acl.path("resource").path("type").asText().equals("group")))
                .singleElement()
                .satisfies(acl ->
                        assertThat(acl.path("resource").path("name").asText()).isEqualTo("weir.analytics."));
    }

    @Test
    void withoutAnOperatorThereAreLinesForKafkasOwnTool() {
        Rendered rendered = new Chart("weir", "small", "external: {kafka: {acls: {mode: list}}}").render();
        String[] lines = rendered.get("ConfigMap", "weir-kafka-acls")
                .path("data")
                .path("acls")
                .asText()
                .split("\n");
        assertThat(lines)
                .contains("--add --allow-principal User:weir-gateway --operation Write --operation Describe --topic"
                        + " weir.access.v1")
                .noneMatch(line -> line.contains("User:weir-model"));
        assertThat(rendered.ofKind("KafkaUser")).isEmpty();
    }
}
