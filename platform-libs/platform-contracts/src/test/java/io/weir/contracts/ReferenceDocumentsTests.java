package io.weir.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class ReferenceDocumentsTests {

    private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");
    private static final ReferenceDocument OPENAPI = ReferenceDocument.named("openapi.yaml");
    private static final ReferenceDocument ASYNCAPI = ReferenceDocument.named("asyncapi.yaml");

    record Operation(String path, String method, JsonNode node) {

        boolean isOpenAiCompatible() {
            return path.startsWith("/v1/");
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    private record Example(String where, JsonNode schema, JsonNode value) {}

    static List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        OPENAPI.root()
                .path("paths")
                .forEachEntry((path, item) -> item.forEachEntry((method, operation) -> {
                    if (METHODS.contains(method)) {
                        operations.add(new Operation(path, method, operation));
                    }
                }));
        return operations;
    }

    @ParameterizedTest
    @ValueSource(strings = {"openapi.yaml", "asyncapi.yaml"})
    void everyReferenceLeadsSomewhere(String name) {
        ReferenceDocument document = ReferenceDocument.named(name);
        assertThat(document.references()).isNotEmpty().allMatch(document::resolves);
    }

    @Test
    void everyContractIsAMessageOfSomeTopic() {
        List<Path> described = ASYNCAPI.root()
                .path("components")
                .path("messages")
                .valueStream()
                .map(message -> message.at("/payload/schema/$ref").stringValue())
                .map(reference -> ASYNCAPI.resolved(reference).toAbsolutePath().normalize())
                .toList();
        assertThat(Contract.all())
                .isNotEmpty()
                .allSatisfy(contract -> assertThat(described)
                        .contains(contract.directory()
                                .resolve("schema.json")
                                .toAbsolutePath()
                                .normalize()));
    }

    @Test
    void everyTopicHasAWriterAndNoMessageIsWithoutATopic() {
        List<String> written = ASYNCAPI.root()
                .path("operations")
                .valueStream()
                .filter(operation -> operation.path("action").stringValue().equals("send"))
                .map(operation -> operation.at("/channel/$ref").stringValue())
                .toList();
        ASYNCAPI.root()
                .path("channels")
                .forEachEntry((name, channel) -> assertThat(written).containsOnlyOnce("#/channels/" + name));
        List<String> carried = ASYNCAPI.root()
                .path("channels")
                .valueStream()
                .flatMap(channel -> channel.path("messages").valueStream())
                .map(message -> message.path("$ref").stringValue())
                .toList();
        ASYNCAPI.root()
                .path("components")
                .path("messages")
                .forEachEntry((name, message) -> assertThat(carried).containsOnlyOnce("#/components/messages/" + name));
    }

    @ParameterizedTest
    @MethodSource("operations")
    void everyAnswerCarriesTheRequestIdAndEveryErrorTheShapeOfItsPath(Operation operation) {
        operation.node().path("responses").forEachEntry((status, reference) -> {
            JsonNode response = OPENAPI.followed(reference);
            assertThat(response.path("headers").has("x-request-id")).as(status).isTrue();
            boolean isHealth = operation.path().endsWith("/health");
            boolean isError = !status.startsWith("2") && !status.equals("304");
            if (!isError || isHealth) {
                return;
            }
            String expected = operation.isOpenAiCompatible() ? "application/json" : "application/problem+json";
            assertThat(response.path("content").propertyNames()).as(status).containsExactly(expected);
        });
    }

    @Test
    void operationIdsAreUnique() {
        assertThat(operations().stream()
                        .map(operation -> operation.node().path("operationId").stringValue()))
                .doesNotHaveDuplicates()
                .doesNotContainNull();
    }

    @Test
    void everyExampleFitsItsSchema() {
        assertThat(examples().toList())
                .hasSizeGreaterThan(10)
                .allSatisfy(example -> assertThat(OPENAPI.problems(example.schema(), example.value()))
                        .as(example.where())
                        .isEmpty());
    }

    private static Stream<Example> examples() {
        List<Example> examples = new ArrayList<>();
        collect("", OPENAPI.root(), examples);
        return examples.stream();
    }

    private static void collect(String where, JsonNode node, List<Example> examples) {
        boolean isMediaType = node.has("example") && node.has("schema") && !node.has("in");
        if (isMediaType) {
            examples.add(new Example(where, node.path("schema"), node.path("example")));
        }
        node.forEachEntry((name, child) -> collect(where + "/" + name, child, examples));
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            collect(where + "/" + i, node.path(i), examples);
        }
    }
}
