package io.weir.orchestration.dialect.gemini;

import io.weir.orchestration.dialect.AnswerIdentity;
import io.weir.orchestration.dialect.ChatRequest;
import io.weir.orchestration.dialect.Lack;
import io.weir.orchestration.dialect.PlainAnswer;
import io.weir.orchestration.dialect.ProviderDialect;
import io.weir.orchestration.dialect.ProviderError;
import io.weir.orchestration.dialect.ProviderRequest;
import io.weir.orchestration.dialect.StreamTranslation;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The Gemini API, version v1beta.
public final class GeminiDialect implements ProviderDialect {

    static final String NAME = "gemini";

    // "Image understanding": 258 tokens a tile. A picture is scaled to 3,072 pixels a side at most, and a tile has 256
    // a side at least, which makes 12 times 12 tiles.
    private static final long TOKENS_PER_IMAGE = 12 * 12 * 258;

    // With each result goes the name of its function, which has 128 letters at most.
    private static final long TOKENS_PER_TOOL_RESULT = 128;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Map<String, String> headers(String apiKey) {
        return Map.of("x-goog-api-key", apiKey);
    }

    /// Not documented; where it is missing, the answer's `responseId` serves.
    @Override
    public String requestIdHeader() {
        return "x-request-id";
    }

    @Override
    public List<Lack> lacks(ChatRequest request) {
        return GeminiLacks.of(request);
    }

    @Override
    public long inputBound(ChatRequest request) {
        return request.body().length
                + request.images() * TOKENS_PER_IMAGE
                + request.toolResults() * TOKENS_PER_TOOL_RESULT;
    }

    @Override
    public ProviderRequest chat(ChatRequest request, String model, int outputLimit) {
        String method = request.stream() ? ":streamGenerateContent?alt=sse" : ":generateContent";
        return new ProviderRequest(
                "/v1beta/models/" + URLEncoder.encode(model, StandardCharsets.UTF_8) + method,
                GeminiRequest.of(request, model, outputLimit));
    }

    @Override
    public Optional<PlainAnswer> answer(byte[] body, AnswerIdentity identity) {
        return GeminiAnswer.read(body, identity);
    }

    @Override
    public StreamTranslation stream(AnswerIdentity identity) {
        return new GeminiStream(identity);
    }

    @Override
    public ProviderError error(int status, byte[] body) {
        return GeminiErrors.read(status, body);
    }
}
