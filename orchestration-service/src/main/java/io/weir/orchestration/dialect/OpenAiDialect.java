package io.weir.orchestration.dialect;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// OpenAI's own dialect, which hardly needs a translation: bytes pass as they are.
public final class OpenAiDialect implements ProviderDialect {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String CHAT = "/chat/completions";

    // OpenAI's own, and Azure's.
    private static final Set<String> AGAINST_RULES = Set.of("content_policy_violation", "content_filter");

    // The largest of OpenAI's published rules: a high-detail picture of eight tiles in gpt-4o-mini.
    private static final long TOKENS_PER_IMAGE = 48_169;

    @Override
    public String name() {
        return "openai";
    }

    @Override
    public Map<String, String> headers(String apiKey) {
        return Map.of("authorization", "Bearer " + apiKey);
    }

    @Override
    public String requestIdHeader() {
        return "x-request-id";
    }

    @Override
    public List<Lack> lacks(ChatRequest request) {
        return List.of();
    }

    @Override
    public List<Lack> lacks(ChatRequest request, String model) {
        return FixedSampling.of(request, model).stream()
                .map(field -> new Lack(field, model + " takes no '" + field + "' but 1.", "set '" + field + "' to 1"))
                .toList();
    }

    @Override
    public List<Lack> untranslatable(ChatRequest request, String model) {
        return ForeignFields.of(request, model);
    }

    /// Each token is a byte at least, and the JSON around a message is longer than what the template puts around it.
    @Override
    public long inputBound(ChatRequest request) {
        return request.body().length + request.images() * TOKENS_PER_IMAGE;
    }

    @Override
    public ProviderRequest chat(ChatRequest request, String model, int outputLimit) {
        return new ProviderRequest(CHAT, ForwardedBody.of(ForeignFields.without(request, model), model, outputLimit));
    }

    @Override
    public ProviderRequest chat(ChatRequest request, String model, int outputLimit, @Nullable CachePartition cache) {
        return new ProviderRequest(
                CHAT, ForwardedBody.of(ForeignFields.without(request, model), model, outputLimit, cache));
    }

    @Override
    public Optional<PlainAnswer> answer(byte[] body, AnswerIdentity identity) {
        try {
            JsonNode answer = JSON.readTree(body);
            if (!answer.path("choices").isArray() || answer.path("choices").isEmpty()) {
                return Optional.empty();
            }
            String tier = OpenAiUsage.tier(answer.path("service_tier").asString(""));
            Optional<ReportedUsage> usage =
                    OpenAiUsage.read(answer.path("usage")).map(told -> told.in(tier));
            return Optional.of(new PlainAnswer(body, usage, answer.path("id").asString(identity.id())));
        } catch (JacksonException notJson) {
            return Optional.empty();
        }
    }

    @Override
    public StreamTranslation stream(AnswerIdentity identity) {
        return new StreamTranslation() {
            @Override
            public byte[] translate(byte[] bytes) {
                return bytes;
            }

            @Override
            public Optional<ReportedUsage> usage(@Nullable JsonNode inChunks) {
                return inChunks == null ? Optional.empty() : OpenAiUsage.read(inChunks);
            }
        };
    }

    @Override
    public ProviderError error(int status, byte[] body) {
        JsonNode error = ProviderError.member(body);
        String param = error.path("param").asString("");
        String code = error.path("code").asString("");
        ProviderError.Kind kind = ProviderError.kindOf(status);
        if (kind == ProviderError.Kind.BAD_REQUEST && code.equals("context_length_exceeded")) {
            kind = ProviderError.Kind.CONTEXT_LENGTH;
        } else if (kind == ProviderError.Kind.BAD_REQUEST && AGAINST_RULES.contains(code)) {
            kind = ProviderError.Kind.CONTENT_POLICY;
        } else if (kind == ProviderError.Kind.RATE_LIMITED && code.equals("insufficient_quota")) {
            kind = ProviderError.Kind.ACCOUNT_USED_UP;
        }
        return new ProviderError(
                kind,
                ProviderError.shortened(error.path("message").asString("")),
                param.isEmpty() ? null : param,
                null);
    }
}
