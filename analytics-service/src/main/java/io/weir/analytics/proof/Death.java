package io.weir.analytics.proof;

import io.weir.analytics.ingestion.Step;

/// Where the consumer is killed.
enum Death {
    BEFORE_BOUNDARY(Step.DECLARING),
    AFTER_BOUNDARY(Step.DECLARED),
    /// While blocks are on their way: it goes on until the signal comes.
    MID_INSERT(Step.INSERTING),
    AFTER_INSERT(Step.INSERTED),
    BEFORE_COMMIT(Step.COMMITTING),
    AFTER_COMMIT(Step.COMMITTED);

    private final Step step;

    Death(Step step) {
        this.step = step;
    }

    Step step() {
        return step;
    }

    /// Whether it waits there for its end.
    boolean waits() {
        return this != MID_INSERT;
    }
}
