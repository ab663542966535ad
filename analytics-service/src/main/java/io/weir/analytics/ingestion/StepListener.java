package io.weir.analytics.ingestion;

/// Told of each step, on the ingestion thread, before the next one. For proofs, which stop a process there.
@FunctionalInterface
public interface StepListener {

    /// Does nothing.
    StepListener NONE = step -> {};

    void reached(Step step);
}
