package io.weir.helm;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The objects that a chart became, in the order of the text.
record Rendered(String text, List<JsonNode> objects) {

    private static final ObjectReader YAML = new YAMLMapper(YAMLFactory.builder()
                    .enable(com.fasterxml.jackson.core.StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(JsonParser.Feature.INCLUDE_SOURCE_IN_LOCATION)
            .readerFor(JsonNode.class);

    Rendered(String text) {
        this(text, parse(text));
    }

    /// A pod, or what makes pods.
    record Pods(String owner, String kind, JsonNode metadata, JsonNode spec) {

        List<JsonNode> containers() {
            List<JsonNode> all = new ArrayList<>();
            spec.path("initContainers").forEach(all::add);
            spec.path("containers").forEach(all::add);
            return all;
        }

        JsonNode container() {
            return spec.path("containers").path(0);
        }

        /// Names and values of a container's environment; a reference is given as its JSON.
        Map<String, String> environment() {
            Map<String, String> environment = new TreeMap<>();
            for (JsonNode variable : container().path("env")) {
                JsonNode value = variable.path("value");
                environment.put(
                        variable.path("name").asText(),
                        value.isMissingNode() ? variable.path("valueFrom").toString() : value.asText());
            }
            return environment;
        }
    }

    private static List<JsonNode> parse(String text) {
        try (MappingIterator<JsonNode> documents = YAML.readValues(text)) {
            List<JsonNode> objects = new ArrayList<>();
            documents.forEachRemaining(document -> {
                if (document != null && document.isObject()) {
                    objects.add(document);
                }
            });
            return List.copyOf(objects);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    Stream<JsonNode> ofKind(String kind) {
        return objects.stream().filter(object -> object.path("kind").asText().equals(kind));
    }

    Optional<JsonNode> find(String kind, String name) {
        return ofKind(kind)
                .filter(object -> object.path("metadata").path("name").asText().equals(name))
                .findFirst();
    }

    JsonNode get(String kind, String name) {
        return find(kind, name)
                .orElseThrow(() -> new AssertionError("no " + kind + " " + name + " among "
                        + ofKind(kind)
                                .map(object ->
                                        object.path("metadata").path("name").asText())
                                .toList()));
    }

    List<Pods> pods() {
        List<Pods> pods = new ArrayList<>();
        for (JsonNode object : objects) {
            String name = object.path("metadata").path("name").asText();
            String kind = object.path("kind").asText();
            switch (kind) {
                case "Deployment", "StatefulSet", "Job" -> {
                    JsonNode template = object.path("spec").path("template");
                    pods.add(new Pods(name, kind, template.path("metadata"), template.path("spec")));
                }
                case "Pod" -> pods.add(new Pods(name, kind, object.path("metadata"), object.path("spec")));
                default -> {}
            }
        }
        return pods;
    }

    Pods pods(String owner) {
        return pods().stream()
                .filter(pods -> pods.owner().equals(owner))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no pods of " + owner));
    }
}
