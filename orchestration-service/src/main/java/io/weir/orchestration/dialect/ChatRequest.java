package io.weir.orchestration.dialect;

import java.util.List;
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
/// @param toolResults messages that are results of tools
/// @param tools whether any are declared
/// @param spans where the values of the fields stand that may be replaced
/// @param firstField offset just within the opening brace
/// @param routing what it says of who may serve it
/// @param ours what is meant for us alone and can be cut out of the body, with a comma each; in order of their ends
/// @param original as the client put it, where that was another API; null: it was this, or is not minded
public record ChatRequest(
        byte[] body,
        @Nullable String model,
        boolean stream,
        boolean includeUsage,
        int choices,
        @Nullable Integer askedLimit,
        String limitField,
        int images,
        int toolResults,
        boolean tools,
        Map<String, Span> spans,
        int firstField,
        RoutingWishes routing,
        List<Span> ours,
        @Nullable Original original) {

    /// A value's place in the body, half-open.
    ///
    /// @param name where the field's name stands, from its opening quote on
    public record Span(int name, int start, int end) {}

    /// A request in another API, perhaps a provider's own.
    ///
    /// @param dialect of the providers that take it as it is, by its name; empty: of none
    /// @param body JSON in UTF-8, in which no name stands twice
    public record Original(String dialect, byte[] body) {

        @Override
        public String toString() {
            return "Original[" + dialect + ", " + body.length + " bytes]";
        }
    }

    /// The same, as it was put at first.
    public ChatRequest from(Original first) {
        return new ChatRequest(
                body,
                model,
                stream,
                includeUsage,
                choices,
                askedLimit,
                limitField,
                images,
                toolResults,
                tools,
                spans,
                firstField,
                routing,
                ours,
                first);
    }

    /// Whether the client speaks the provider's own API, so that requests and answers pass as they are.
    public boolean isNativeTo(ProviderDialect dialect) {
        return original != null && original.dialect().equals(dialect.name());
    }

    @Override
    public String toString() {
        return "ChatRequest[" + model + ", " + body.length + " bytes]";
    }
}
