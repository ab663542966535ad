package io.weir.orchestration.surface.responses;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What is remembered for a request of the Responses API.
///
/// @param before the items of the conversation that it goes on with; not changed
/// @param keeper where its response is kept; null: it is not
public record Memory(ArrayNode before, @Nullable Keeper keeper) {

    /// Keeps responses that are whole. Safe for use by many threads.
    public interface Keeper {

        /// Ends once the response is kept, or cannot be: never fails, and soon.
        Mono<Void> keep(Kept kept);
    }

    /// A response as it is kept.
    ///
    /// @param input all that the model was told in this conversation, each item with an id
    public record Kept(String id, ObjectNode response, ArrayNode input) {

        @Override
        public String toString() {
            return "Kept[" + id + "]";
        }
    }
}
