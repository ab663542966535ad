package io.weir.contracts;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A directory `<service>/<name>.v<n>` with `schema.json` and `samples/`.
record Contract(Path directory) {

    private static final Path ROOT = Path.of("src/main/resources/contracts");
    private static final SchemaRegistry REGISTRY =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    static List<Contract> all() {
        return list(ROOT, 2, "schema.json")
                .map(file -> new Contract(file.resolveSibling("")))
                .toList();
    }

    String name() {
        return ROOT.relativize(directory).toString();
    }

    JsonNode schemaText() {
        return read(directory.resolve("schema.json"));
    }

    List<Path> samples() {
        return list(directory.resolve("samples"), 1, ".json").toList();
    }

    /// Accepts fields that the schema does not name, as a reader must.
    boolean accepts(JsonNode event) {
        return isValid(REGISTRY.getSchema(schemaText()), event);
    }

    /// Refuses fields that the schema does not name, as befits a writer of today.
    boolean describesAllOf(JsonNode event) {
        ObjectNode closed = (ObjectNode) schemaText();
        closed.remove("$id");
        close(closed);
        return isValid(REGISTRY.getSchema(closed), event);
    }

    static boolean isValidSchema(JsonNode schema) {
        return isValid(
                REGISTRY.getSchema(SchemaLocation.of(SpecificationVersion.DRAFT_2020_12.getDialectId())), schema);
    }

    static JsonNode read(Path file) {
        return JsonMapper.shared().readTree(file);
    }

    private static boolean isValid(Schema schema, JsonNode value) {
        return schema.validate(
                        value, context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)))
                .isEmpty();
    }

    private static void close(JsonNode schema) {
        if (schema instanceof ObjectNode object && object.has("properties")) {
            object.put("additionalProperties", false);
        }
        schema.values().forEach(Contract::close);
    }

    private static Stream<Path> list(Path start, int depth, String ending) {
        try (Stream<Path> found = Files.walk(start, depth + 1)) {
            return found.filter(file -> file.toString().endsWith(ending)).sorted().toList().stream();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @Override
    public String toString() {
        return name();
    }
}
