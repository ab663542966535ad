package io.weir.orchestration.route;

import io.weir.money.Rate;
import io.weir.orchestration.dialect.RoutingWishes;
import io.weir.problem.PlatformException;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSettings.Sort;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/// In which order the providers of one model for embeddings or moderations are tried: those that the request puts
/// first, then the
/// cheapest where request or tenant sorts by price, else as the books have them. How fast they are is not observed.
record PlainOrder(List<String> first, boolean byPrice, boolean fallbacks, Demand demand, Instant at) {

    /// Throws a 400 where the request sorts by what is not known.
    static PlainOrder of(TenantSettings settings, RoutingWishes asked, Demand demand, Instant at) {
        Sort sort = asked.sort();
        if (sort != null && sort != Sort.PRICE) {
            throw PlatformException.invalid(
                    "provider.sort",
                    "Only chats are sorted by anything but 'price'; nobody's speed is observed here. Leave"
                            + " 'provider.sort' out, or name providers in 'provider.order'.");
        }
        boolean byPrice = sort == Sort.PRICE || settings.preferences().sort() == Sort.PRICE;
        return new PlainOrder(asked.order(), byPrice, asked.allowFallbacks(), demand, at);
    }

    /// Those that are tried. Throws a 400 where only some may be, and none of them is among the routes.
    List<Route> among(List<Route> routes) {
        Comparator<Route> order = Comparator.comparingInt(this::place);
        List<Route> sorted = routes.stream()
                .sorted(byPrice ? order.thenComparing(this::price) : order)
                .toList();
        if (fallbacks || sorted.isEmpty()) {
            return sorted;
        }
        List<Route> named = sorted.stream()
                .filter(route -> first.isEmpty() || place(route) < first.size())
                .toList();
        if (named.isEmpty()) {
            throw PlatformException.invalid(
                    "provider.order",
                    "Nobody in 'provider.order' serves this model, and 'provider.allow_fallbacks' is"
                            + " false. Name others, or allow fallbacks.");
        }
        return first.isEmpty() ? named.subList(0, 1) : named;
    }

    private int place(Route route) {
        for (int i = 0; i < first.size(); i++) {
            if (Fence.names(first.get(i), route)) {
                return i;
            }
        }
        return first.size();
    }

    private Rate price(Route route) {
        return route.prices()
                .highest(route.model(), demand.counted(), demand.promptBound(), at)
                .orElseThrow(() -> new IllegalStateException("no price for " + route.model()));
    }
}
