package io.weir.orchestration.route;

import io.weir.orchestration.dialect.ChatRequest;
import io.weir.orchestration.dialect.RoutingWishes;
import io.weir.orchestration.route.LeftOut.By;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.snapshots.catalog.TenantSettings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/// All that rules out who would serve one request: its tenant's fence and its own.
final class Fences {

    private static final int MOST_NAMED = 5;

    private final List<Fence> fences;
    private final List<LeftOut> leftOut = new ArrayList<>();

    private Fences(List<Fence> fences) {
        this.fences = fences.stream().filter(fence -> !fence.isOpen()).toList();
    }

    static Fences of(TenantSettings settings, RoutingWishes asked) {
        return new Fences(List.of(Fence.of(settings.preferences()), Fence.of(asked)));
    }

    /// Those that nobody rules out, in the same order; the others are kept, see [#leftOut]. Throws a 4xx that names the
    /// wishes where none is left of some.
    List<Route> within(List<Route> routes, ChatRequest request, Instant at) {
        if (fences.stream().noneMatch(fence -> fence.most() != null)) {
            return within(routes, route -> Demand.text(), at);
        }
        Demand demand = Demand.of(request, 0);
        return within(routes, route -> demand.within(route.provider().dialect().inputBound(request)), at);
    }

    /// The same by what the request can be charged for at each of them.
    List<Route> within(List<Route> routes, Function<Route, Demand> demand, Instant at) {
        if (fences.isEmpty()) {
            return routes;
        }
        List<Route> left = new ArrayList<>();
        for (Route route : routes) {
            if (isWithin(route, demand.apply(route), at)) {
                left.add(route);
            }
        }
        if (left.isEmpty() && !routes.isEmpty()) {
            throw nothingLeft();
        }
        return left;
    }

    private boolean isWithin(Route route, Demand demand, Instant at) {
        for (Fence fence : fences) {
            String wish = fence.against(route, demand, at).orElse(null);
            if (wish != null) {
                leftOut.add(new LeftOut(route, fence.words().by(), wish));
                return false;
            }
        }
        return true;
    }

    List<LeftOut> leftOut() {
        return List.copyOf(leftOut);
    }

    /// Of candidates in order, those in a region that both allow; an account of the tenant's own may be at an address
    /// of which nobody states the region. The others are kept, see [#leftOut]. Throws a 4xx where none is left.
    List<Candidate> atHome(List<Candidate> candidates) {
        List<Candidate> left = new ArrayList<>();
        for (Candidate candidate : candidates) {
            Route route = candidate.route();
            fences.stream()
                    .filter(fence -> fence.isAbroad(route))
                    .findFirst()
                    .ifPresentOrElse(
                            fence -> leftOut.add(new LeftOut(
                                    route, fence.words().by(), fence.words().regions())),
                            () -> left.add(candidate));
        }
        if (left.isEmpty() && !candidates.isEmpty()) {
            throw nothingLeft();
        }
        return left;
    }

    // The request's own wish is the one that its client can change.
    private PlatformException nothingLeft() {
        String named = leftOut.stream()
                .limit(MOST_NAMED)
                .map(one -> one.route().place() + " by " + whose(one))
                .collect(Collectors.joining(", "));
        int more = leftOut.size() - MOST_NAMED;
        String what = "Nobody is left who may serve this call. Ruled out are " + named
                + (more > 0 ? " and " + more + " more" : "") + ".";
        return leftOut.stream()
                .filter(one -> one.by() == By.REQUEST)
                .findFirst()
                .map(one -> PlatformException.invalid(
                        one.why(), what + " Widen '" + one.why() + "', or name another model."))
                .orElseGet(() -> ofTenant(what));
    }

    private PlatformException ofTenant(String what) {
        return fences.stream()
                .filter(fence -> leftOut.stream()
                        .anyMatch(one -> one.why().equals(fence.words().regions())))
                .findFirst()
                .map(fence -> PlatformException.of(
                        ProblemType.PERMISSION_DENIED,
                        "model",
                        what + " This tenant's calls may be served in " + String.join(", ", fence.regions())
                                + " alone. Name another model of GET /v1/models, or ask your administrator for its "
                                + fence.words().regions() + "."))
                .orElseGet(() -> PlatformException.of(
                        ProblemType.MODEL_NOT_FOUND,
                        "model",
                        what + " Name another model of GET /v1/models, or ask your administrator."));
    }

    private static String whose(LeftOut one) {
        return one.by() == By.TENANT ? "the tenant's " + one.why() : one.why();
    }
}
