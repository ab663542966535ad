package io.weir.orchestration.dialect;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A valid chat-completions request: its bytes as received and what the platform minds of them.
///
/// @param model null: the client named none
/// @param includeUsage whether the client wants the usage chunk of a stream
/// @param choices `n`
/// @param askedLimit the client's output limit per choice; null: none
/// @param limitField where the limit stands, or would
/// @param images parts of messages that are pictures
/// @param spans where the values of the fields stand that may be replaced
/// @param firstField offset just within the opening brace
public record ChatRequest(
        byte[] body,
        @Nullable String model,
        boolean stream,
        boolean includeUsage,
        int choices,
        @Nullable Integer askedLimit,
        String limitField,
        int images,
        Map<String, Span> spans,
        int firstField) {

    // The largest of OpenAI's published rules: a high-detail picture of eight tiles in gpt-4o-mini.
    private static final long TOKENS_PER_IMAGE = 48_169;

    /// A value's place in the body, half-open.
    public record Span(int start, int end) {}

    /// No fewer than the prompt's tokens, whatever the tokenizer: each token is a byte at least, and the JSON around a
    /// message is longer than what the provider's template puts around it.
    public long inputBound() {
        return body.length + images * TOKENS_PER_IMAGE;
    }

    @Override
    public String toString() {
        return "ChatRequest[" + model + ", " + body.length + " bytes]";
    }
}
