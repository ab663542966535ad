package io.weir.orchestration.surface.responses;

import io.weir.orchestration.surface.responses.Memory.Keeper;
import io.weir.orchestration.surface.responses.Memory.Kept;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Has one response kept, once. What is kept is on its way as soon as it is whole, whoever waits for it.
final class Keeping {

    private final @Nullable Keeper keeper;
    private final ArrayNode before;
    private final JsonNode input;
    private volatile Mono<Void> kept = Mono.empty();

    /// @param keeper null: the response is not kept
    /// @param input as the client put it
    Keeping(@Nullable Keeper keeper, ArrayNode before, JsonNode input) {
        this.keeper = keeper;
        this.before = before;
        this.input = input;
    }

    /// @param id of the response, without what it begins with
    void keep(String id, ObjectNode response) {
        Keeper keeping = keeper;
        if (keeping != null) {
            Mono<Void> running = keeping.keep(
                            new Kept("resp_" + id, response.deepCopy(), InputItems.of(before, input, id)))
                    .cache();
            kept = running;
            running.subscribe();
        }
    }

    boolean isAsked() {
        return keeper != null;
    }

    /// Ends with what runs at the moment, if anything.
    Mono<Void> kept() {
        return kept;
    }
}
