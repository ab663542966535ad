package io.weir.orchestration.route;

import io.weir.orchestration.dialect.RoutingWishes;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSettings.Routing;
import io.weir.snapshots.catalog.TenantSettings.Sort;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What is preferred among those that may serve.
///
/// @param provider null: none
/// @param first providers that the request puts before all others
/// @param order models that the tenant puts before all others
/// @param sort what decides between equals; null: as the platform chooses
/// @param fallbacks whether others may be tried after the first
/// @param models that the request names, in falling order; empty: the choice is ours
public record Wishes(
        @Nullable String provider,
        List<String> first,
        List<String> order,
        @Nullable Sort sort,
        boolean fallbacks,
        List<String> models) {

    public Wishes {
        first = List.copyOf(first);
        order = List.copyOf(order);
        models = List.copyOf(models);
    }

    /// The tenant's, and before them the request's, where the choice is ours.
    public static Wishes of(TenantSettings settings, RoutingWishes asked) {
        Routing tenant = settings.preferences();
        return new Wishes(
                tenant.preferredProvider(),
                asked.order(),
                tenant.order(),
                asked.sort() == null ? tenant.sort() : asked.sort(),
                asked.allowFallbacks(),
                List.of());
    }

    /// The same with another provider; it is said for one call, so that it goes before the tenant's order.
    public Wishes preferring(String other) {
        return new Wishes(other, first, List.of(), sort, fallbacks, models);
    }

    /// The same for models that the request names: whom the tenant prefers where the choice is ours does not count.
    Wishes among(List<String> named) {
        return new Wishes(null, first, List.of(), sort, fallbacks, named);
    }

    /// Whether the place of a route is left to the platform.
    boolean areSilent() {
        return first.isEmpty() && order.isEmpty() && sort == null && models.size() < 2;
    }

    /// The place of a route among those that are put first, from 0; the largest number where it is not among them.
    int placeOf(Route route) {
        String model = route.model().model();
        int own = place(first.stream().map(word -> Fence.names(word, route)));
        int tenants = place(order.stream().map(model::equals));
        if (own >= 0) {
            return own;
        }
        return tenants < 0 ? Integer.MAX_VALUE : first.size() + tenants;
    }

    private static int place(Stream<Boolean> matches) {
        return matches.toList().indexOf(true);
    }

    /// Those of a ranking that may be tried: all, or where others are not to be tried those that the request puts
    /// first, else of each model that it names the first one.
    List<Ranked> tried(List<Ranked> ranked) {
        if (fallbacks) {
            return ranked;
        }
        return first.isEmpty()
                ? Stream.iterate(0, turn -> turn + 1)
                        .limit(Math.max(1, models.size()))
                        .flatMap(turn -> ranked.stream()
                                .filter(one -> one.turn() == turn)
                                .limit(1))
                        .toList()
                : ranked.stream().filter(one -> one.ordered() < first.size()).toList();
    }
}
