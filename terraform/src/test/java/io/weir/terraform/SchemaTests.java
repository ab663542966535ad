package io.weir.terraform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The resources against the schemas of the providers' versions that are named; without Terraform, too.
class SchemaTests {
    private static final Set<String> META = Set.of("count", "for_each", "provider", "depends_on");
    private static final Set<String> META_BLOCKS = Set.of("lifecycle", "dynamic", "provisioner", "timeouts");
    private static final Map<String, JsonNode> TYPES = new LinkedHashMap<>();

    @BeforeAll
    static void read() throws IOException {
        for (String provider : List.of("aws", "helm")) {
            try (InputStream stream = SchemaTests.class.getResourceAsStream("/schemas/" + provider + ".json")) {
                JsonNode schemas = new JsonMapper()
                        .readTree(stream)
                        .path("provider_schemas")
                        .path("registry.terraform.io/hashicorp/" + provider);
                schemas.path("resource_schemas")
                        .properties()
                        .forEach(type -> TYPES.put(
                                "resource " + type.getKey(), type.getValue().path("block")));
                schemas.path("data_source_schemas")
                        .properties()
                        .forEach(type -> TYPES.put(
                                "data " + type.getKey(), type.getValue().path("block")));
            }
        }
    }

    @Test
    void resourcesSayWhatTheirTypesKnow() throws IOException {
        List<String> wrong = new ArrayList<>();
        int seen = 0;
        for (TerraformModule module : TerraformModule.all()) {
            for (Block block : module.root().blocks()) {
                if (block.type().equals("resource") || block.type().equals("data")) {
                    seen++;
                    JsonNode schema = TYPES.get(block.type() + " " + block.label(0));
                    String where = module.path() + " " + String.join(".", block.labels());
                    assertThat(schema)
                            .as(where + ": its schema is not in src/test/resources/schemas")
                            .isNotNull();
                    compare(where, block, schema, wrong);
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(seen).isGreaterThan(100);
    }

    @Test
    void whatCanBeTaggedIs() throws IOException {
        List<String> untagged = new ArrayList<>();
        for (TerraformModule module : TerraformModule.all()) {
            module.resources()
                    .filter(resource -> TYPES.getOrDefault(
                                    "resource " + resource.label(0),
                                    JsonMapper.shared().createObjectNode())
                            .path("attributes")
                            .path("tags")
                            .path("optional")
                            .asBoolean(false))
                    .filter(resource -> !resource.attributes().containsKey("tags"))
                    .forEach(resource -> untagged.add(module.path() + " " + resource.labels()));
        }
        assertThat(untagged).isEmpty();
    }

    @Test
    void aMisspeltAttributeIsSeen() {
        List<String> wrong = new ArrayList<>();
        Block block = HclReader.read("test", """
                resource "aws_db_subnet_group" "this" {
                  nam = "x"
                  parameter {
                    a = 1
                  }
                }
                """).blocks().getFirst();

        compare(
                "here",
                block,
                TYPES.getOrDefault(
                        "resource aws_db_subnet_group", JsonMapper.shared().createObjectNode()),
                wrong);

        assertThat(wrong)
                .containsExactly("here: no attribute nam", "here: no block parameter", "here: subnet_ids is missing");
    }

    private static void compare(String where, Block block, JsonNode schema, List<String> wrong) {
        JsonNode attributes = schema.path("attributes");
        JsonNode nested = schema.path("block_types");
        for (String name : block.attributes().keySet()) {
            JsonNode attribute = attributes.path(name);
            if (!META.contains(name)
                    && !attribute.path("optional").asBoolean(false)
                    && !attribute.path("required").asBoolean(false)) {
                wrong.add(where + ": no attribute " + name);
            }
        }
        for (Block inner : block.blocks()) {
            String name = inner.type().equals("dynamic") ? inner.label(0) : inner.type();
            JsonNode type = nested.path(name);
            if (!type.isMissingNode()) {
                Block content = inner.type().equals("dynamic")
                        ? inner.all("content").findFirst().orElse(inner)
                        : inner;
                compare(where + " " + name, content, type.path("block"), wrong);
            } else if (!META_BLOCKS.contains(inner.type())) {
                wrong.add(where + ": no block " + name);
            }
        }
        for (var attribute : attributes.properties()) {
            if (attribute.getValue().path("required").asBoolean(false)
                    && !block.attributes().containsKey(attribute.getKey())) {
                wrong.add(where + ": " + attribute.getKey() + " is missing");
            }
        }
        for (var type : nested.properties()) {
            boolean there = block.blocks().stream()
                    .anyMatch(inner -> inner.type().equals(type.getKey())
                            || (inner.type().equals("dynamic") && inner.label(0).equals(type.getKey())));
            if (type.getValue().path("min_items").asInt(0) > 0 && !there) {
                wrong.add(where + ": block " + type.getKey() + " is missing");
            }
        }
    }
}
