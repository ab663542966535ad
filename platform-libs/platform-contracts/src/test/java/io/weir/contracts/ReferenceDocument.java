package io.weir.contracts;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// A YAML document under `docs/reference`.
record ReferenceDocument(Path file, JsonNode root) {

    private static final Path DIRECTORY = Path.of("../../docs/reference");
    private static final YAMLMapper YAML = YAMLMapper.shared();

    static ReferenceDocument named(String name) {
        Path file = DIRECTORY.resolve(name);
        return new ReferenceDocument(file, YAML.readTree(file));
    }

    /// Every `$ref` of the document.
    List<String> references() {
        List<String> references = new ArrayList<>();
        collect(root, references);
        return references;
    }

    boolean resolves(String reference) {
        return reference.startsWith("#")
                ? !root.at(reference.substring(1)).isMissingNode()
                : Files.isRegularFile(resolved(reference));
    }

    Path resolved(String reference) {
        return file.resolveSibling(reference).normalize();
    }

    /// A local reference's target, anything else itself.
    JsonNode followed(JsonNode node) {
        return node.has("$ref") ? root.at(node.path("$ref").stringValue().substring(1)) : node;
    }

    /// What is wrong with a value of this schema, which may point at the document's components.
    List<String> problems(JsonNode schema, JsonNode value) {
        ObjectNode whole = YAML.createObjectNode();
        whole.put("$schema", SpecificationVersion.DRAFT_2020_12.getDialectId());
        whole.set("components", root.path("components"));
        whole.putArray("allOf").add(schema);
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(whole)
                .validate(value)
                .stream()
                .map(Object::toString)
                .toList();
    }

    private static void collect(JsonNode node, List<String> references) {
        if (node.path("$ref").isString()) {
            references.add(node.path("$ref").stringValue());
        }
        node.values().forEach(child -> collect(child, references));
    }
}
