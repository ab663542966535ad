package io.weir.gateway.routing;

import io.netty.handler.timeout.TimeoutException;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.NotYetConnectedException;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;
import reactor.netty.channel.AbortedException;

/// Tells apart why a service gave no answer.
public final class UpstreamFailure {

    private UpstreamFailure() {}

    /// A problem that can be told to the caller where a service could not be reached or fell silent; else the
    /// failure itself. Names no host.
    public static Throwable translated(Throwable failure) {
        return switch (failure) {
            // The caller's own connection, in the midst of its request's body: nobody is there to read this.
            case AbortedException left ->
                new PlatformException(
                        ProblemType.INVALID_REQUEST,
                        "The connection ended before the request's body did. Send it whole.",
                        left);
            // Connection refused, reset or closed early, unknown host; connecting or acquiring took too long.
            case IOException unreachable -> unavailable("does not answer", unreachable);
            // As the same comes from below Netty where a process dies while it is connected to.
            case UncheckedIOException unreachable -> unavailable("does not answer", unreachable);
            case NotYetConnectedException unreachable -> unavailable("does not answer", unreachable);
            case java.util.concurrent.TimeoutException busy -> unavailable("is busy", busy);
            case TimeoutException silent -> unavailable("fell silent", silent);
            case ResponseStatusException late
            when late.getStatusCode() == HttpStatus.GATEWAY_TIMEOUT -> unavailable("took too long", late);
            default -> failure;
        };
    }

    private static PlatformException unavailable(String what, Throwable cause) {
        return new PlatformException(
                ProblemType.SERVICE_UNAVAILABLE,
                "A service behind this path " + what + ". Try again in a moment.",
                cause);
    }
}
