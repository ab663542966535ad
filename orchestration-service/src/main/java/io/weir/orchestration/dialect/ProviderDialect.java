package io.weir.orchestration.dialect;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How one kind of provider is spoken to: its requests, answers, streams and errors, seen from OpenAI's form, which
/// our clients use. Stateless, safe for use by many threads.
public interface ProviderDialect {

    /// The word of the settings, for example `anthropic`.
    String name();

    /// The headers that every request carries. The key stands in these alone, never in a URL.
    Map<String, String> headers(String apiKey);

    /// The answer's header that holds the provider's own id of the request.
    String requestIdHeader();

    /// What of this request the provider cannot do, in order of the fields; empty: all can be done.
    List<Lack> lacks(ChatRequest request);

    /// What of a request that came by another API this model cannot do beyond that, whoever named it.
    default List<Lack> untranslatable(ChatRequest request, String model) {
        return List.of();
    }

    /// What of it this model cannot do beyond that, where we chose the model. A client that names a model is told by
    /// the
    /// provider.
    default List<Lack> lacks(ChatRequest request, String model) {
        return List.of();
    }

    /// No fewer than the tokens that the provider will count for the prompt.
    long inputBound(ChatRequest request);

    /// The request for the provider. What [#lacks] names is left out, or changed as it says.
    ///
    /// @param outputLimit the most tokens per choice, whatever the provider counts as output
    ProviderRequest chat(ChatRequest request, String model, int outputLimit);

    /// The same where tenants share the account.
    ///
    /// @param cache the tenant's part of the provider's prompt cache; null: the account is nobody else's, or the
    /// provider has no such parts
    default ProviderRequest chat(ChatRequest request, String model, int outputLimit, @Nullable CachePartition cache) {
        return chat(request, model, outputLimit);
    }

    /// A whole answer. Empty when the bytes are no answer of this dialect, so that they must not be passed on as one.
    Optional<PlainAnswer> answer(byte[] body, AnswerIdentity identity);

    /// Reads one stream.
    StreamTranslation stream(AnswerIdentity identity);

    /// The same for a request whose client speaks this dialect itself, and is told all of the answer.
    default StreamTranslation nativeStream(AnswerIdentity identity) {
        return stream(identity);
    }

    /// What a status other than 2xx means.
    ProviderError error(int status, byte[] body);
}
