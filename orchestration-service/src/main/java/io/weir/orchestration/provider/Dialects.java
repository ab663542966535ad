package io.weir.orchestration.provider;

import io.weir.orchestration.dialect.OpenAiDialect;
import io.weir.orchestration.dialect.ProviderDialect;
import io.weir.orchestration.dialect.anthropic.AnthropicDialect;
import io.weir.orchestration.dialect.gemini.GeminiDialect;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The dialects that the platform speaks.
final class Dialects {

    private static final Map<String, ProviderDialect> BY_NAME =
            List.<ProviderDialect>of(new OpenAiDialect(), new AnthropicDialect(), new GeminiDialect()).stream()
                    .collect(Collectors.toMap(
                            ProviderDialect::name, Function.identity(), (one, other) -> one, TreeMap::new));

    private Dialects() {}

    static Optional<ProviderDialect> find(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    static String names() {
        return String.join(", ", BY_NAME.keySet());
    }
}
