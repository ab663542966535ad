package io.weir.orchestration.route;

import io.weir.problem.PlatformException;
import java.util.List;
import java.util.stream.Collectors;

/// A route that did not become a candidate.
///
/// @param why the wish that rules it out, for example `provider.ignore`, or what it cannot do
/// @param brief the same without a word of the request, for example `context_length_exceeded (messages)`
public record LeftOut(Route route, By by, String why, String brief) {

    /// By a wish.
    LeftOut(Route route, By by, String wish) {
        this(route, by, wish, wish);
    }

    /// By what the model or its provider cannot do.
    static LeftOut unfit(Route route, PlatformException why) {
        String param = why.param();
        String brief = why.type().code() + (param == null ? "" : " (" + param.split("[.\\[]", 2)[0] + ")");
        return new LeftOut(route, By.MODEL, String.valueOf(why.getMessage()), brief);
    }

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
