package io.weir.orchestration.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class PromptBoundPropertyTests {

    private static final Tokenizer TOKENIZER = new Tokenizer();
    private static final JsonMapper JSON = JsonMapper.shared();

    @Property(tries = 300)
    void noPromptHasMoreTokensThanItsBound(@ForAll @NotEmpty @Size(max = 20) List<String> texts) {
        ObjectNode body = JSON.createObjectNode();
        ArrayNode messages = body.putArray("messages");
        texts.forEach(text -> messages.addObject().put("role", "user").put("content", text.replaceAll("\\p{Cs}", "?")));
        ChatRequest request = ChatRequestReader.read(JSON.writeValueAsBytes(body));
        for (ProviderDialect dialect : Golden.DIALECTS) {
            assertThat(PromptTokens.count(request, TOKENIZER)).isLessThanOrEqualTo(dialect.inputBound(request));
        }
    }

    @Property(tries = 200)
    void whatATranslationAddsIsWithinTheBound(@ForAll @NotEmpty @Size(max = 8) List<String> names) {
        ObjectNode body = JSON.createObjectNode();
        ArrayNode messages = body.putArray("messages");
        messages.addObject().put("role", "user").put("content", "x");
        int i = 0;
        for (String name : names) {
            String function = "f" + name.replaceAll("[^a-zA-Z0-9]", "_");
            ObjectNode asked = messages.addObject().put("role", "assistant").putNull("content");
            ObjectNode call =
                    asked.putArray("tool_calls").addObject().put("id", "c" + i).put("type", "function");
            call.putObject("function")
                    .put("name", function.substring(0, Math.min(128, function.length())))
                    .put("arguments", "{}");
            messages.addObject()
                    .put("role", "tool")
                    .put("tool_call_id", "c" + i)
                    .put("content", "");
            i++;
        }
        ChatRequest request = ChatRequestReader.read(JSON.writeValueAsBytes(body));
        for (ProviderDialect dialect : Golden.DIALECTS) {
            JsonNode sent = JSON.readTree(dialect.chat(request, "m", 1).body());
            assertThat(words(sent)).isLessThanOrEqualTo(dialect.inputBound(request));
        }
    }

    // Every text of a body, one token for each string around it.
    private static long words(JsonNode json) {
        long words = json.isString() ? 1 + TOKENIZER.count(json.stringValue()) : 0;
        for (JsonNode value : json.values()) {
            words += words(value);
        }
        return words;
    }
}
