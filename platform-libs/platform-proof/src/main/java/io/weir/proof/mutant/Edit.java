package io.weir.proof.mutant;

/// What is left out of one method as its class is loaded.
public sealed interface Edit {

    /// The method does nothing; it returns nothing.
    record Nothing() implements Edit {}

    /// The method, which answers with a `Publisher`, completes at once.
    record Completes() implements Edit {}

    /// Calls of that name, which answer yes or no, always answer this.
    record Always(String call, boolean answer) implements Edit {}

    /// Calls of that name, which answer with their receiver, are left out.
    record LeftOut(String call) implements Edit {}

    /// Calls of that name go to another method of the same form.
    record Instead(String call, String other) implements Edit {}
}
