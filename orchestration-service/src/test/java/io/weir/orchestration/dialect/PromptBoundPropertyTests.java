package io.weir.orchestration.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class PromptBoundPropertyTests {

    private static final Tokenizer TOKENIZER = new Tokenizer();

    @Property(tries = 300)
    void noPromptHasMoreTokensThanItsBound(@ForAll @NotEmpty @Size(max = 20) List<String> texts) {
        JsonMapper json = JsonMapper.shared();
        ObjectNode body = json.createObjectNode();
        ArrayNode messages = body.putArray("messages");
        texts.forEach(text -> messages.addObject().put("role", "user").put("content", text.replaceAll("\\p{Cs}", "?")));
        ChatRequest request = ChatRequestReader.read(json.writeValueAsBytes(body));
        assertThat(PromptTokens.count(request, TOKENIZER)).isLessThanOrEqualTo(request.inputBound());
    }
}
