package io.weir.orchestration.provider;

/// An answer was given up because its client took nothing of it for too long; it says nothing about the provider.
public final class UnreadAnswer extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnreadAnswer() {
        super("the client took nothing of the answer for too long");
    }
}
