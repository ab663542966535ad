package io.weir.orchestration.surface.responses;

import tools.jackson.databind.node.ObjectNode;

/// Where the events of a growing output go.
interface Events {

    /// For an answer that is written as a whole.
    Events NONE = (type, event) -> {};

    /// @param event without its type and number
    void emit(String type, ObjectNode event);
}
