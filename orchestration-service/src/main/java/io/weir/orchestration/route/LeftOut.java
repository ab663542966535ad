package io.weir.orchestration.route;

import java.util.List;
import java.util.stream.Collectors;

/// A route that did not become a candidate.
///
/// @param why the wish that rules it out, for example `provider.ignore`, or what it cannot do
public record LeftOut(Route route, By by, String why) {

    /// What rules it out.
    public enum By {
        /// A setting of the tenant.
        TENANT,
        /// A wish of the request.
        REQUEST,
        /// What the model or its provider cannot do.
        MODEL
    }

    /// How many were ruled out by which wishes, for example `; 2 left out by provider.ignore`. Empty: none.
    static String byWishes(List<LeftOut> all) {
        List<LeftOut> ruledOut = all.stream().filter(one -> one.by != By.MODEL).toList();
        return ruledOut.isEmpty()
                ? ""
                : "; " + ruledOut.size() + " left out by "
                        + ruledOut.stream().map(LeftOut::why).distinct().collect(Collectors.joining(", "));
    }
}
