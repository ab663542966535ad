package io.weir.orchestration.surface.responses;

import io.weir.orchestration.dialect.AnswerIdentity;
import io.weir.orchestration.dialect.ChatRequest;
import io.weir.orchestration.dialect.WireJson;
import io.weir.orchestration.surface.StreamFailure;
import io.weir.orchestration.surface.SurfaceRequest;
import io.weir.orchestration.surface.SurfaceStream;
import io.weir.problem.PlatformException;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A request of the Responses API.
///
/// @param echo what the response repeats of it; not changed any more
/// @param keeping has its response kept
/// @param at when it came, in seconds since the epoch
record ResponsesRequest(ChatRequest chat, ObjectNode echo, OwnWords words, Keeping keeping, long at)
        implements SurfaceRequest {

    private static final String OF_CHATS = "chatcmpl-";

    @Override
    public byte[] answer(byte[] completion, AnswerIdentity identity) {
        JsonNode whole = WireJson.read(completion);
        String id = unprefixed(identity);
        ResponseForm form = form(id, whole.path("model").asString(identity.model()));
        JsonNode choice = whole.path("choices").path(0);
        Output output = new Output(id, Events.NONE);
        output.whole(choice.path("message"), choice.path("logprobs").path("content"));
        Ending ending = Ending.of(choice.path("finish_reason").asString(""));
        output.end(ending);
        form.servedIn(whole.path("service_tier").asString(""));
        ObjectNode response = form.ended(ending, output, whole.path("usage"));
        keeping.keep(id, response);
        return WireJson.write(response);
    }

    @Override
    public SurfaceStream stream(AnswerIdentity identity) {
        String id = unprefixed(identity);
        return new ResponsesStream(id, form(id, identity.model()), keeping);
    }

    @Override
    public byte[] failure(StreamFailure failure) {
        String model = chat.model();
        String id = failure.requestId();
        return new ResponsesStream(id, form(id, model == null ? "" : model), keeping).told(failure);
    }

    @Override
    public PlatformException inOwnWords(PlatformException problem) {
        return words.of(problem);
    }

    @Override
    public boolean keeps() {
        return keeping.isAsked();
    }

    @Override
    public Mono<Void> kept() {
        return keeping.kept();
    }

    private ResponseForm form(String id, String model) {
        return new ResponseForm("resp_" + id, model, at, echo);
    }

    private static String unprefixed(AnswerIdentity identity) {
        return identity.id().startsWith(OF_CHATS) ? identity.id().substring(OF_CHATS.length()) : identity.id();
    }
}
