package io.weir.simulators.provider.gemini;

import io.netty.handler.codec.http.HttpMethod;
import io.weir.simulators.provider.answer.Author;
import io.weir.simulators.provider.answer.PromptCache;
import io.weir.simulators.provider.behaviour.Behaviours;
import io.weir.simulators.provider.generation.Tokenizer;
import io.weir.simulators.provider.http.CountedCalls;
import io.weir.simulators.provider.http.Dialect;
import io.weir.simulators.provider.http.Endpoint;
import io.weir.simulators.provider.http.Endpoint.Answering;
import io.weir.simulators.provider.http.Endpoint.Call;
import io.weir.simulators.provider.http.Exchanges;
import io.weir.simulators.provider.http.Reply;
import java.util.Map;
import java.util.Optional;
import org.reactivestreams.Publisher;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;

/// Answers `/gemini/v1beta/models/{model}:{method}` as Gemini answers the same path without the prefix:
/// content, plain and as server-sent events, and embeddings.
public final class GeminiDialect implements Dialect {

    private static final String ROOT = "/gemini/";
    private static final String MODELS = "/gemini/v1beta/models/";

    private final CountedCalls calls;
    private final ContentModel model;
    private final GeminiEmbeddings embeddings;

    public GeminiDialect(Behaviours behaviours, Exchanges exchanges, Tokenizer tokenizer) {
        this.calls = new CountedCalls(new GeminiRules(), behaviours, exchanges);
        this.model = new ContentModel(new Author(tokenizer), new PromptCache(tokenizer));
        this.embeddings = new GeminiEmbeddings(tokenizer);
    }

    @Override
    public boolean owns(String path) {
        return path.startsWith(ROOT);
    }

    @Override
    public Publisher<Void> answer(String path, HttpServerRequest request, HttpServerResponse response) {
        int colon = path.lastIndexOf(':');
        if (!path.startsWith(MODELS)
                || colon < MODELS.length()
                || !request.method().equals(HttpMethod.POST)) {
            return GeminiRules.reply(
                            new GeminiException(404, "NOT_FOUND", "Not found: " + request.method() + " " + path, null),
                            Exchanges.newRequestId())
                    .writeTo(response);
        }
        String named = path.substring(MODELS.length(), colon);
        return endpoint(named, path.substring(colon + 1), request)
                .<Publisher<Void>>map(endpoint -> calls.answer(endpoint, request, response))
                .orElseGet(() -> GeminiRules.reply(
                                GeminiException.unknownModel(named, path.substring(colon + 1)),
                                Exchanges.newRequestId())
                        .writeTo(response));
    }

    private Optional<Endpoint> endpoint(String named, String method, HttpServerRequest request) {
        return switch (method) {
            case "generateContent" -> Optional.of(call -> whole(named, call));
            case "streamGenerateContent" -> Optional.of(call -> streamed(named, request.uri(), call));
            case "embedContent" -> Optional.of(call -> embedded(call, named, embeddings::one));
            case "batchEmbedContents" -> Optional.of(call -> embedded(call, named, embeddings::batch));
            default -> Optional.empty();
        };
    }

    private Answering whole(String named, Call call) {
        Content content = content(named, false, call);
        String body = ContentBodies.whole(content, call.behaviour().usageMissing());
        return () -> call.exchange()
                .reply(new Reply(
                        200,
                        GeminiRules.headers(call.exchange().requestId()),
                        body,
                        content.prompt()
                                .generating(
                                        content.shownTokens() + content.reasoningTokens(), content.reasoningTokens())));
    }

    private Answering streamed(String named, String uri, Call call) {
        if (!uri.contains("alt=sse")) {
            throw GeminiException.invalid("The simulator streams server-sent events only: add ?alt=sse");
        }
        Content content = content(named, true, call);
        return () -> call.exchange().stream(
                ContentBodies.streamed(content, call.behaviour().usageMissing()),
                GeminiRules.headers(call.exchange().requestId()),
                call.behaviour());
    }

    private Content content(String named, boolean stream, Call call) {
        call.exchange().asksFor(named, stream);
        ContentRequest request =
                ContentRequestReader.read(GeminiModels.generating(named), GeminiFields.parse(call.body()));
        Content content = model.answer(request, call.key(), call.behaviour());
        call.exchange().answersAs(content.id());
        return content;
    }

    private static Answering embedded(Call call, String named, Embedding embedding) {
        call.exchange().asksFor(named, false);
        Reply reply = embedding.answer(
                GeminiModels.embedding(named),
                GeminiFields.parse(call.body()),
                call.behaviour().usageMissing());
        Map<String, String> headers = GeminiRules.headers(call.exchange().requestId());
        return () -> call.exchange().reply(reply.with(headers));
    }

    @FunctionalInterface
    private interface Embedding {
        Reply answer(GeminiModels.GeminiModel model, JsonNode body, boolean usageMissing);
    }
}
