package io.weir.orchestration.surface.completions;

import io.weir.orchestration.dialect.AnswerIdentity;
import io.weir.orchestration.dialect.ChatRequest;
import io.weir.orchestration.dialect.WireJson;
import io.weir.orchestration.surface.ChatSurface;
import io.weir.orchestration.surface.StreamFailure;
import io.weir.orchestration.surface.SurfaceRequest;
import io.weir.orchestration.surface.SurfaceStream;
import io.weir.problem.PlatformException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A request for text.
///
/// @param echo what each text begins with; empty: nothing
record CompletionRequest(ChatRequest chat, String echo) implements SurfaceRequest {

    private static final String OF_CHATS = "chatcmpl-";

    private static final Map<String, String> OWN_NAMES =
            Map.of("max_completion_tokens", "max_tokens", "top_logprobs", "logprobs");

    @Override
    public byte[] answer(byte[] completion, AnswerIdentity identity) {
        JsonNode whole = WireJson.read(completion);
        ObjectNode answer = head(whole, identity);
        ArrayNode choices = answer.putArray("choices");
        for (JsonNode choice : whole.path("choices").values()) {
            JsonNode message = choice.path("message");
            choices.add(new TextChoice(choice.path("index").asInt(0), echo).take(message, choice));
        }
        answer.setAll(rest(whole));
        return WireJson.write(answer);
    }

    /// What an answer and each of its chunks say of themselves.
    static ObjectNode head(JsonNode completion, AnswerIdentity identity) {
        String id = completion.path("id").asString(identity.id());
        ObjectNode head = WireJson.object();
        head.put("id", id.startsWith(OF_CHATS) ? "cmpl-" + id.substring(OF_CHATS.length()) : id);
        head.put("object", "text_completion");
        head.put("created", completion.path("created").asLong(identity.created()));
        head.put("model", completion.path("model").asString(identity.model()));
        return head;
    }

    /// What stands beside the choices, as it is.
    static ObjectNode rest(JsonNode completion) {
        ObjectNode rest = WireJson.object();
        for (String name : new String[] {"usage", "x_cost_usd", "system_fingerprint", "service_tier"}) {
            if (completion.has(name)) {
                rest.set(name, completion.path(name));
            }
        }
        return rest;
    }

    @Override
    public SurfaceStream stream(AnswerIdentity identity) {
        return new CompletionStream(identity, echo);
    }

    @Override
    public byte[] failure(StreamFailure failure) {
        return ChatSurface.errorEvent(failure);
    }

    @Override
    public PlatformException inOwnWords(PlatformException problem) {
        return renamed(problem);
    }

    /// The same problem in the words of this API.
    static PlatformException renamed(PlatformException problem) {
        String param = problem.param();
        String own = param == null ? null : own(param);
        if (param == null || own == null) {
            return problem;
        }
        String message = String.valueOf(problem.getMessage()).replace("'" + param + "'", "'" + own + "'");
        PlatformException told = PlatformException.of(problem.type(), own, message);
        told.setStackTrace(problem.getStackTrace());
        return told;
    }

    private static @Nullable String own(String param) {
        return param.startsWith("messages") ? "prompt" : OWN_NAMES.get(param);
    }
}
