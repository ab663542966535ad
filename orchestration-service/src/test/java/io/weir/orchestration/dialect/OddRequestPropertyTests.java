package io.weir.orchestration.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.problem.PlatformException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Whatever stands in a request, it is translated or refused, never a failure of ours.
class OddRequestPropertyTests {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final List<String> VALUES = List.of(
            "null",
            "0",
            "-1",
            "1e400",
            "99999999999999999999",
            "1" + "0".repeat(2_000),
            "1e99999999999",
            "[".repeat(400) + "]".repeat(400),
            "1.5",
            "true",
            "\"\"",
            "\"x\"",
            "\"\\ud800\"",
            "[]",
            "{}",
            "[null]",
            "[1,[2]]",
            "[{}]",
            "[{\"type\":5}]",
            "{\"type\":[1]}",
            "{\"type\":\"function\"}",
            "{\"type\":\"json_schema\",\"json_schema\":7}",
            "[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":[1]}}]",
            "[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"properties\":{\"a\":5,\"b\":{\"enum\":7,\"items\":3,\"anyOf\":{}}}}}}]",
            "[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"$ref\":\"#\"}}}]",
            "[{\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"[1]\"}}]",
            "[{\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":{\"a\":1}}}]",
            "[{\"type\":\"image_url\",\"image_url\":5}]",
            "[{\"type\":\"text\"},{\"type\":\"refusal\"}]");
    private static final List<String> FIELDS = List.of(
            "n",
            "temperature",
            "top_p",
            "top_k",
            "seed",
            "stop",
            "user",
            "tools",
            "tool_choice",
            "parallel_tool_calls",
            "response_format",
            "reasoning_effort",
            "logprobs",
            "logit_bias",
            "functions",
            "function_call",
            "metadata",
            "provider",
            "models");

    @Provide
    Arbitrary<String> values() {
        return Arbitraries.of(VALUES);
    }

    @Provide
    Arbitrary<String> fields() {
        return Arbitraries.of(FIELDS);
    }

    @Property(tries = 3_000)
    void anyFieldMayHoldAnything(
            @ForAll("fields") String one,
            @ForAll("values") String first,
            @ForAll("fields") String other,
            @ForAll("values") String second) {
        String more = one.equals(other) ? "" : "\"" + other + "\":" + second + ",";
        translates("{\"" + one + "\":" + first + "," + more + "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
    }

    @Property(tries = 2_000)
    void anyMessageMayHoldAnything(
            @ForAll("values") String content, @ForAll("values") String calls, @ForAll("values") String id) {
        translates("{\"messages\":[{\"role\":\"user\",\"content\":\"x\"},{\"role\":\"assistant\",\"content\":" + content
                + ",\"tool_calls\":" + calls + "},{\"role\":\"tool\",\"content\":\"\",\"tool_call_id\":" + id + "}]}");
    }

    private static void translates(String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        ChatRequest request;
        try {
            request = ChatRequestReader.read(bytes);
        } catch (PlatformException refused) {
            return;
        }
        for (ProviderDialect dialect : Golden.DIALECTS) {
            try {
                Lack.settle(dialect.lacks(request), true);
            } catch (PlatformException refused) {
                assertThat(refused.type().status()).isEqualTo(400);
                continue;
            }
            JsonNode sent = JSON.readTree(dialect.chat(request, "m", 1).body());
            assertThat(sent.isObject()).isTrue();
        }
    }
}
