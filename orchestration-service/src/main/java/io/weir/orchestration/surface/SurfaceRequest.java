package io.weir.orchestration.surface;

import io.weir.orchestration.dialect.AnswerIdentity;
import io.weir.orchestration.dialect.ChatRequest;
import io.weir.problem.PlatformException;
import reactor.core.publisher.Mono;

/// A request of one API. Immutable, safe for use by many threads.
public interface SurfaceRequest {

    /// The same as chat completions have it. A stream's usage chunk is asked for where the API tells usage in streams.
    ChatRequest chat();

    /// A whole answer in the client's form.
    ///
    /// @param completion a chat completion
    byte[] answer(byte[] completion, AnswerIdentity identity);

    /// Writes one stream.
    SurfaceStream stream(AnswerIdentity identity);

    /// Writes a stream of a provider's whose own API the client speaks.
    default SurfaceStream nativeStream(AnswerIdentity identity) {
        return stream(identity);
    }

    /// The failure of a stream that has begun, as the last thing that the client receives: whole frames. For streams
    /// that say nothing of it themselves.
    byte[] failure(StreamFailure failure);

    /// Whether what the API keeps of the answer must be kept before the client learns its end.
    default boolean keeps() {
        return false;
    }

    /// Ends once that is kept which is on its way to be kept, if anything is. Never fails.
    default Mono<Void> kept() {
        return Mono.empty();
    }

    /// A problem with a field of the chat completion, with the name that this API has for it.
    default PlatformException inOwnWords(PlatformException problem) {
        return problem;
    }
}
