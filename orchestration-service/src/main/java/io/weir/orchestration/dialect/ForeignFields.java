package io.weir.orchestration.dialect;

import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// What other APIs have and OpenAI refuses ("Unrecognized request argument supplied"): `top_k` everywhere, an effort of
/// reasoning at models that do not reason. Clients of those APIs send them without knowing who answers. What OpenAI's
/// own clients send passes, and is refused there.
final class ForeignFields {

    private static final String TOP_K = "top_k";
    private static final String EFFORT = "reasoning_effort";

    private ForeignFields() {}

    /// What of the request the model is not told.
    static List<Lack> of(ChatRequest request, String model) {
        boolean required = request.routing().requireParameters();
        return named(request, model)
                .map(field -> {
                    String why = model + " takes no '" + field + "'.";
                    return required ? Lack.droppable(field, why) : Lack.bearable(field, why);
                })
                .toList();
    }

    private static Stream<String> named(ChatRequest request, String model) {
        return request.original() == null
                ? Stream.empty()
                : Stream.of(TOP_K, EFFORT)
                        .filter(field -> request.spans().containsKey(field))
                        .filter(field -> field.equals(TOP_K) || !FixedSampling.reasons(model));
    }

    /// The request as the model takes it.
    static ChatRequest without(ChatRequest request, String model) {
        List<String> foreign = named(request, model).toList();
        if (foreign.isEmpty() || !(WireJson.read(request.body()) instanceof ObjectNode body)) {
            return request;
        }
        return ChatRequestReader.read(WireJson.write(body.remove(foreign)));
    }
}
