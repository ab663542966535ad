package io.weir.gateway.authentication;

import io.weir.gateway.call.Caller;
import io.weir.problem.PlatformException;
import org.jspecify.annotations.Nullable;

/// What a request's key came to.
public sealed interface Authentication {

    record Proven(Caller caller) implements Authentication {}

    /// @param caller set where the key was proven and is refused all the same
    record Refused(PlatformException problem, @Nullable Caller caller) implements Authentication {}
}
