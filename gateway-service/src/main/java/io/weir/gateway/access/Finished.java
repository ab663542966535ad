package io.weir.gateway.access;

import org.jspecify.annotations.Nullable;

/// How a request ended.
///
/// @param nanos from the request's head to the end of its answer
/// @param retryCount the client's own count, where it sent one
public record Finished(
        String method,
        int status,
        long nanos,
        boolean clientLeft,
        @Nullable Integer retryCount) {

    /// The status of a request whose client left before the answer was complete.
    public static final int CLIENT_LEFT = 499;
}
