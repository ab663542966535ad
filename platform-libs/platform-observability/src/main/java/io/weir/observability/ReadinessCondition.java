package io.weir.observability;

/// Something that must have happened once before a service takes traffic, for example that snapshots were read.
/// Must not turn false again when a dependency fails later.
public interface ReadinessCondition {

    /// What is waited for, as `/ready` names it.
    String name();

    boolean isReady();
}
