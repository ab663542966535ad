package io.weir.orchestration.dialect;

import io.weir.orchestration.dialect.ChatRequest.Span;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// OpenAI's reasoning models sample as they like: they refuse a `temperature` or a `top_p` other than 1. (OpenAI,
/// "Reasoning models".)
final class FixedSampling {

    private static final List<String> MODELS = List.of("gpt-5", "o1", "o3", "o4");

    private FixedSampling() {}

    /// Whether the model is one of those.
    static boolean reasons(String model) {
        return MODELS.stream().anyMatch(model::startsWith);
    }

    /// The fields of the request that the model refuses.
    static List<String> of(ChatRequest request, String model) {
        return !reasons(model)
                ? List.of()
                : Stream.of("temperature", "top_p")
                        .filter(field -> isOther(request, request.spans().get(field)))
                        .toList();
    }

    private static boolean isOther(ChatRequest request, @Nullable Span span) {
        if (span == null) {
            return false;
        }
        String value =
                new String(request.body(), span.start(), span.end() - span.start(), StandardCharsets.UTF_8).strip();
        try {
            return !value.equals("null") && new BigDecimal(value).compareTo(BigDecimal.ONE) != 0;
        } catch (NumberFormatException excessive) {
            return true;
        }
    }
}
