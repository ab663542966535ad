package io.weir.local.cli;

/// The exit codes of every command; 2, wrong usage, comes from the reading of arguments.
final class Exit {

    static final int DONE = 0;
    static final int FAILED = 1;
    static final int NOT_RUNNING = 3;

    private Exit() {}
}
