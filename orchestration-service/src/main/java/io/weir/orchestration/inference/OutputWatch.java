package io.weir.orchestration.inference;

/// Watches whether a stream produces more than was held for it, which a provider that keeps the limit it was sent never
/// does. Counting tokens is slow, so it is done only where the bytes that came could be so many. For use under one
/// monitor.
final class OutputWatch {

    private final long most;
    private long countAt;
    private boolean counting;

    /// @param most tokens
    OutputWatch(long most) {
        this.most = most;
        this.countAt = most + 1;
    }

    /// Whether the tokens should be counted now; then [#exceeded] or [#uncounted] must follow.
    ///
    /// @param bound no fewer than the tokens that came
    boolean isDue(long bound) {
        boolean due = !counting && bound >= countAt;
        counting |= due;
        return due;
    }

    /// It could not be counted; [#isDue] says so again.
    void uncounted() {
        counting = false;
    }

    /// @param tokens counted
    /// @param bound of what was counted
    boolean exceeded(long tokens, long bound) {
        counting = false;
        countAt = bound + Math.max(1, most + 1 - tokens);
        return tokens > most;
    }
}
