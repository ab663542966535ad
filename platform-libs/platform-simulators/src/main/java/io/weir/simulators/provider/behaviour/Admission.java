package io.weir.simulators.provider.behaviour;

import java.time.Duration;

/// What becomes of a call before it is looked at.
public sealed interface Admission {

    /// Served under this behaviour, which does not change while the call runs.
    record Served(Behaviour behaviour) implements Admission {}

    /// Refused by an injected error.
    record Failed(int status) implements Admission {}

    /// Refused by the limit on calls per minute.
    record Throttled(int limitPerMinute, Duration retryAfter) implements Admission {}
}
