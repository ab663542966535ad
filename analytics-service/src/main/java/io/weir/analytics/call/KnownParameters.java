package io.weir.analytics.call;

import io.weir.problem.PlatformException;
import java.util.Set;
import org.springframework.web.reactive.function.server.ServerRequest;

/// Refuses query parameters that a route does not know: a filter with a slip in its name must not widen the answer.
public final class KnownParameters {

    private KnownParameters() {}

    /// Throws a 400 problem naming the first that is not among the known ones.
    public static void check(ServerRequest request, Set<String> known) {
        for (String name : request.queryParams().keySet()) {
            if (!known.contains(name)) {
                String shown = name.length() > 60 ? name.substring(0, 60) : name;
                throw PlatformException.invalid(
                        shown,
                        "There is no such parameter here. Known ones: "
                                + String.join(", ", known.stream().sorted().toList()) + ".");
            }
        }
    }
}
