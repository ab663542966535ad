package io.weir.orchestration.surface.responses;

import tools.jackson.databind.node.ObjectNode;

/// One item of an output as it grows, which tells each of its steps. For one thread at a time.
interface Item {

    boolean isOpen();

    /// The last of its events.
    ///
    /// @param complete false: the output broke off in it
    void close(boolean complete);

    /// Nothing follows any more, and no event says so.
    void breakOff();

    /// As it stands.
    ObjectNode json();
}
