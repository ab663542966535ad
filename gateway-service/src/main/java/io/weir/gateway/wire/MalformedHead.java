package io.weir.gateway.wire;

/// A request's head that does not mean one thing alone. The message is told to the client; it repeats nothing
/// of what was sent.
final class MalformedHead extends RuntimeException {

    private static final long serialVersionUID = 1L;

    MalformedHead(String message) {
        super(message, null, false, false);
    }
}
