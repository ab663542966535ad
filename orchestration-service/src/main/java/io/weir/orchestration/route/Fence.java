package io.weir.orchestration.route;

import io.weir.money.Meter;
import io.weir.money.Rate;
import io.weir.orchestration.dialect.Regions;
import io.weir.orchestration.dialect.RoutingWishes;
import io.weir.orchestration.dialect.RoutingWishes.MaxPrice;
import io.weir.orchestration.route.LeftOut.By;
import io.weir.snapshots.catalog.TenantSettings.Routing;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Whom one party rules out, the tenant or a request. What both rule out is ruled out, so that a request narrows what
/// its tenant allows and never widens it.
///
/// @param only who may serve; empty: anybody
/// @param ignore who must not
/// @param most the highest prices; null: any
/// @param regions outside which none may serve; empty: anywhere
/// @param words how each wish is named to the client
record Fence(
        List<String> only, List<String> ignore, @Nullable MaxPrice most, List<String> regions, Words words) {

    private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);

    /// @param maxPrice of the request, which has one for each kind
    record Words(String only, String ignore, String maxPrice, String regions, By by) {

        private static final Words TENANT =
                new Words("routing.only", "routing.ignore", "routing.maxPrice", "routing.regions", By.TENANT);
        private static final Words REQUEST =
                new Words("provider.only", "provider.ignore", "provider.max_price", "provider.region", By.REQUEST);

        String price(String kind) {
            return by == By.TENANT ? maxPrice : maxPrice + "." + kind;
        }
    }

    static Fence of(Routing tenant) {
        BigDecimal most = tenant.maxPrice();
        return new Fence(
                tenant.only(),
                tenant.ignore(),
                most == null ? null : new MaxPrice(most, most, null),
                tenant.regions(),
                Words.TENANT);
    }

    static Fence of(RoutingWishes request) {
        return new Fence(request.only(), request.ignore(), request.maxPrice(), request.regions(), Words.REQUEST);
    }

    /// Whether it rules out nobody, whatever is offered.
    boolean isOpen() {
        return only.isEmpty() && ignore.isEmpty() && most == null && regions.isEmpty();
    }

    /// The wish that the route stands against; empty: none.
    ///
    /// @param demand by which prices are looked at: of what it can be charged for the dearest counts
    Optional<String> against(Route route, Demand demand, Instant at) {
        if (isAbroad(route)) {
            return Optional.of(words.regions());
        }
        if (!only.isEmpty() && only.stream().noneMatch(name -> names(name, route))) {
            return Optional.of(words.only());
        }
        if (ignore.stream().anyMatch(name -> names(name, route))) {
            return Optional.of(words.ignore());
        }
        return most == null ? Optional.empty() : tooDear(most, route, demand, at);
    }

    /// Whether the route's provider, on the account and at the address that it has there, is in no region that is
    /// allowed.
    boolean isAbroad(Route route) {
        return !Regions.permit(regions, route.provider().region());
    }

    /// Whether a wish's word means that route: `openai`, or `openai/gpt-4o`.
    static boolean names(String word, Route route) {
        String provider = route.provider().name();
        return word.equalsIgnoreCase(provider)
                || word.equalsIgnoreCase(provider + "/" + route.model().model());
    }

    // Where a kind has no price of its own, nothing says that it is cheap enough; but no fee is none.
    private Optional<String> tooDear(MaxPrice most, Route route, Demand demand, Instant at) {
        String mode = route.model().mode();
        boolean reads = !mode.equals("moderation");
        if (reads && !isWithin(most.prompt(), dearest(route, Meter.TEXT_IN, demand.input(), demand, at), MILLION)) {
            return Optional.of(words.price("prompt"));
        }
        boolean writes = reads && !demand.output().isEmpty() && !mode.equals("embedding");
        if (writes
                && !isWithin(most.completion(), dearest(route, Meter.TEXT_OUT, demand.output(), demand, at), MILLION)) {
            return Optional.of(words.price("completion"));
        }
        Rate fee = rate(route, Meter.REQUEST, demand, at).orElse(Rate.of("0"));
        return isWithin(most.request(), Optional.of(fee), BigDecimal.ONE)
                ? Optional.empty()
                : Optional.of(words.price("request"));
    }

    // Empty where text has no price; the others need none, for what has none is counted as text or not sold.
    private static Optional<Rate> dearest(Route route, Meter text, Set<Meter> among, Demand demand, Instant at) {
        return rate(route, text, demand, at)
                .flatMap(plain -> Stream.concat(
                                Stream.of(plain),
                                among.stream().flatMap(meter -> rate(route, meter, demand, at).stream()))
                        .max(Comparator.naturalOrder()));
    }

    private static Optional<Rate> rate(Route route, Meter meter, Demand demand, Instant at) {
        return route.prices().highest(route.model(), meter, demand.promptBound(), at);
    }

    private static boolean isWithin(@Nullable BigDecimal most, Optional<Rate> rate, BigDecimal units) {
        return most == null
                || rate.map(one -> one.perUnit().multiply(units).compareTo(most) <= 0)
                        .orElse(false);
    }
}
