package io.weir.orchestration.surface.completions;

import io.weir.orchestration.dialect.ChatRequestReader;
import io.weir.orchestration.dialect.WireJson;
import io.weir.orchestration.surface.Field;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Puts one request into the form of chat completions. Unknown fields are ignored; what a chat cannot do is a 400 that
/// says what to do instead.
final class CompletionReader {

    // As OpenAI has it.
    private static final int DEFAULT_LIMIT = 16;
    private static final int MOST_CHOICES = 128;
    private static final int MOST_LOGPROBS = 5;

    // The same in both; what they must be is checked there.
    private static final List<String> SHARED = List.of(
            "model",
            "temperature",
            "top_p",
            "presence_penalty",
            "frequency_penalty",
            "logit_bias",
            "seed",
            "stop",
            "stream",
            "stream_options",
            "user",
            "provider",
            "models");

    private final Field body;
    private final ObjectNode chat = WireJson.object();

    private CompletionReader(JsonNode body) {
        this.body = new Field("", body);
    }

    /// Throws a 400 [PlatformException] that names the field.
    static CompletionRequest read(byte[] body) {
        JsonNode json;
        try {
            json = WireJson.readRequest(body);
        } catch (JacksonException broken) {
            throw malformed(String.valueOf(broken.getOriginalMessage()));
        }
        if (!json.isObject()) {
            throw malformed("it is not a JSON object");
        }
        return new CompletionReader(json).request();
    }

    private static PlatformException malformed(String why) {
        return new PlatformException(
                ProblemType.INVALID_REQUEST,
                "The body cannot be read as JSON: " + why + ". Send a JSON object in UTF-8.");
    }

    private CompletionRequest request() {
        String prompt = prompt();
        chat.putArray("messages").addObject().put("role", "user").put("content", prompt);
        JsonNode limit = body.at("max_tokens").whole(1, Integer.MAX_VALUE);
        chat.put("max_completion_tokens", limit == null ? DEFAULT_LIMIT : limit.intValue());
        boolean echo = isTrue("echo");
        logprobs(echo);
        choices();
        refuseSuffix();
        for (String name : SHARED) {
            if (body.at(name).isPresent()) {
                chat.set(name, body.at(name).value());
            }
        }
        try {
            return new CompletionRequest(ChatRequestReader.read(WireJson.write(chat)), echo ? prompt : "");
        } catch (PlatformException refused) {
            throw CompletionRequest.renamed(refused);
        } catch (JacksonException tooDeep) {
            throw malformed(String.valueOf(tooDeep.getOriginalMessage()));
        }
    }

    private String prompt() {
        Field prompt = body.at("prompt").required();
        if (prompt.value().isString()) {
            return filled(prompt);
        }
        if (!prompt.value().isArray()) {
            throw prompt.wrongType("a string");
        }
        List<Field> prompts = prompt.elements();
        if (prompts.stream()
                .anyMatch(one -> one.value().isNumber() || one.value().isArray())) {
            throw prompt.invalid("token ids mean something to one model only; send the text");
        }
        if (prompts.size() != 1) {
            throw prompt.invalid("expected one prompt, got " + prompts.size() + "; send each in a call of its own");
        }
        return filled(prompts.getFirst());
    }

    private static String filled(Field prompt) {
        String text = prompt.text();
        if (text.isEmpty()) {
            throw prompt.invalid("it is empty; send the text that is to be continued");
        }
        return text;
    }

    private boolean isTrue(String name) {
        JsonNode value = body.at(name).bool();
        return value != null && value.booleanValue();
    }

    private void logprobs(boolean echo) {
        Field field = body.at("logprobs");
        JsonNode most = field.whole(0, MOST_LOGPROBS);
        if (most == null) {
            return;
        }
        if (echo) {
            throw field.invalid("how likely the prompt is cannot be told; leave out 'echo' or 'logprobs'");
        }
        chat.put("logprobs", true);
        if (most.intValue() > 0) {
            chat.put("top_logprobs", most.intValue());
        }
    }

    private void choices() {
        int choices = orOne(body.at("n").whole(1, MOST_CHOICES));
        Field field = body.at("best_of");
        JsonNode best = field.whole(1, MOST_CHOICES);
        if (best != null && best.intValue() != choices) {
            throw field.invalid("expected " + choices + ", as 'n' has it: answers are not made to be thrown away here");
        }
        if (choices > 1) {
            chat.put("n", choices);
        }
    }

    private static int orOne(@Nullable JsonNode number) {
        return number == null ? 1 : number.intValue();
    }

    private void refuseSuffix() {
        Field suffix = body.at("suffix");
        String text = suffix.textOrNull();
        if (text != null && !text.isEmpty()) {
            throw suffix.invalid("text cannot be inserted before a suffix here; say in 'prompt' what is to follow");
        }
    }
}
