package io.weir.orchestration.task;

/// What a request asks for.
///
/// @param offersTools whether the model may answer with a call of a tool, which says nothing about answers' lengths
public record Task(TaskClass taskClass, Complexity complexity, boolean offersTools) {

    /// As in `x-route-reason`, for example `simple classification`.
    public String words() {
        return complexity.word() + " " + taskClass.word();
    }
}
