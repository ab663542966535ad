package io.weir.orchestration.dialect.anthropic;

import io.weir.orchestration.dialect.AnswerIdentity;
import io.weir.orchestration.dialect.ChatRequest;
import io.weir.orchestration.dialect.Lack;
import io.weir.orchestration.dialect.PlainAnswer;
import io.weir.orchestration.dialect.ProviderDialect;
import io.weir.orchestration.dialect.ProviderError;
import io.weir.orchestration.dialect.ProviderRequest;
import io.weir.orchestration.dialect.StreamTranslation;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The Messages API, version 2023-06-01.
public final class AnthropicDialect implements ProviderDialect {

    public static final String NAME = "anthropic";

    private static final String MESSAGES = "/v1/messages";

    // "Vision": at most 4,784 visual tokens, for a picture of 2,576 pixels at models that take high resolution.
    private static final long TOKENS_PER_IMAGE = 4_784;

    // "Tool use": a hidden system prompt of 159 to 804 tokens, by model; the most with Opus 4.7 where a tool must be
    // used.
    private static final long TOKENS_FOR_TOOLS = 1_024;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Map<String, String> headers(String apiKey) {
        return Map.of("x-api-key", apiKey, "anthropic-version", "2023-06-01");
    }

    @Override
    public String requestIdHeader() {
        return "request-id";
    }

    @Override
    public List<Lack> lacks(ChatRequest request) {
        return request.isNativeTo(this) ? List.of() : AnthropicLacks.of(request);
    }

    @Override
    public long inputBound(ChatRequest request) {
        ChatRequest.Original original = request.original();
        // What may be asked of tools and forms of answers brings a prompt of its own.
        if (original != null && request.isNativeTo(this)) {
            return original.body().length + request.images() * TOKENS_PER_IMAGE + TOKENS_FOR_TOOLS;
        }
        return request.body().length + request.images() * TOKENS_PER_IMAGE + (request.tools() ? TOKENS_FOR_TOOLS : 0);
    }

    @Override
    public ProviderRequest chat(ChatRequest request, String model, int outputLimit) {
        ChatRequest.Original original = request.original();
        byte[] body = original != null && request.isNativeTo(this)
                ? ForwardedMessage.of(original.body(), model, outputLimit)
                : AnthropicRequest.of(request, model, outputLimit);
        return new ProviderRequest(MESSAGES, body);
    }

    @Override
    public Optional<PlainAnswer> answer(byte[] body, AnswerIdentity identity) {
        return AnthropicAnswer.read(body, identity);
    }

    @Override
    public StreamTranslation stream(AnswerIdentity identity) {
        return new AnthropicStream(identity, false);
    }

    @Override
    public StreamTranslation nativeStream(AnswerIdentity identity) {
        return new AnthropicStream(identity, true);
    }

    @Override
    public ProviderError error(int status, byte[] body) {
        return AnthropicErrors.read(status, body);
    }
}
