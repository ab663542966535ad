package io.weir.tenant.request;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.AddressRanges;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.springframework.web.reactive.function.server.ServerRequest;

/// Where a call comes from, as the gateway saw it; it takes away a client's own header of that name.
public final class CallerAddress {

    /// The gateway's header.
    public static final String HEADER = "x-weir-client-address";

    private CallerAddress() {}

    /// Empty where the gateway did not say.
    public static Optional<InetAddress> of(ServerRequest request) {
        String header = request.headers().firstHeader(HEADER);
        if (header == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(AddressRanges.address(header));
        } catch (IllegalArgumentException unreadable) {
            return Optional.empty();
        }
    }

    /// Throws a 422 where the caller would shut itself out, and did not say `?force=true`.
    ///
    /// @param ranges empty: from anywhere
    public static void refuseShuttingOut(ServerRequest request, String field, List<String> ranges) {
        if (ranges.isEmpty() || Flag.of(request, "force")) {
            return;
        }
        InetAddress own = of(request).orElse(null);
        if (own != null && !AddressRanges.of(ranges).contains(own)) {
            throw PlatformException.of(
                    ProblemType.UNPROCESSABLE,
                    field,
                    "Your own address " + own.getHostAddress()
                            + " is in none of the ranges: you would shut yourself out."
                            + " Add it, or repeat the call with ?force=true.");
        }
    }
}
