package io.weir.helm.observability;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The files of the chart that are about observability, and where the rest of the repository lies.
final class Shipped {

    /// The repository's root: tests run in the module's directory.
    static final Path ROOT = root();

    static final Path RULES = ROOT.resolve("helm/weir/rules");
    static final Path RULE_TESTS = ROOT.resolve("helm/src/test/resources/rules");
    static final Path DASHBOARDS = ROOT.resolve("helm/weir/dashboards");

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final ObjectMapper JSON = new ObjectMapper();

    private Shipped() {}

    /// A rule, alerting or recording.
    ///
    /// @param file in which it stands
    record Rule(String file, JsonNode node) {

        boolean isAlert() {
            return node.has("alert");
        }

        String name() {
            return node.path(isAlert() ? "alert" : "record").asText();
        }

        String expr() {
            return node.path("expr").asText();
        }

        String annotation(String name) {
            return node.path("annotations").path(name).asText();
        }

        @Override
        public String toString() {
            return file + ": " + name();
        }
    }

    static List<Rule> rules() {
        List<Rule> rules = new ArrayList<>();
        for (Path file : files(RULES, ".yaml")) {
            yaml(file)
                    .path("groups")
                    .forEach(group -> group.path("rules")
                            .forEach(rule -> rules.add(new Rule(String.valueOf(file.getFileName()), rule))));
        }
        return rules;
    }

    static List<Rule> alerts() {
        return rules().stream().filter(Rule::isAlert).toList();
    }

    /// By the file's name without its ending.
    static Map<String, JsonNode> dashboards() {
        Map<String, JsonNode> all = new TreeMap<>();
        for (Path file : files(DASHBOARDS, ".json")) {
            all.put(String.valueOf(file.getFileName()).replace(".json", ""), json(file));
        }
        return all;
    }

    /// All panels but rows, those in rows as well.
    static List<JsonNode> panels(JsonNode dashboard) {
        List<JsonNode> all = new ArrayList<>();
        for (JsonNode panel : dashboard.path("panels")) {
            if (panel.path("type").asText().equals("row")) {
                panel.path("panels").forEach(all::add);
            } else {
                all.add(panel);
            }
        }
        return all;
    }

    /// The dashboard's variable; missing where it has none of that name.
    static JsonNode variable(JsonNode dashboard, String name) {
        for (JsonNode variable : dashboard.path("templating").path("list")) {
            if (variable.path("name").asText().equals(name)) {
                return variable;
            }
        }
        return MissingNode.getInstance();
    }

    static JsonNode yaml(Path file) {
        try {
            return YAML.readTree(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    private static JsonNode json(Path file) {
        try {
            return JSON.readTree(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    static List<Path> files(Path directory, String ending) {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(file -> file.toString().endsWith(ending)).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(directory.toString(), e);
        }
    }

    private static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("docs/runbooks"))) {
            Path parent = directory.getParent();
            if (parent == null) {
                throw new IllegalStateException(
                        "no docs/runbooks above " + Path.of("").toAbsolutePath());
            }
            directory = parent;
        }
        return directory;
    }
}
