package io.weir.billing.pricebook;

import io.weir.money.Meter;
import io.weir.problem.PlatformException;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.snapshots.catalog.PriceBookSnapshot.Model;
import io.weir.snapshots.catalog.PriceBookSnapshot.Rule;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.springframework.web.reactive.function.server.ServerRequest;

/// Which prices are asked for.
///
/// @param at those in force at that instant; empty: those in force now, and those announced
record PriceQuery(Optional<String> provider, Optional<String> model, Optional<Meter> meter, Optional<Instant> at) {

    /// Throws a 400 naming the parameter that names nothing in the book, with what it may name.
    static PriceQuery read(ServerRequest request, PriceBookSnapshot book) {
        PriceQuery query = new PriceQuery(
                request.queryParam("provider"),
                request.queryParam("model"),
                request.queryParam("meter").map(PriceQuery::meter),
                request.queryParam("at").map(PriceQuery::instant));
        query.provider().ifPresent(name -> demandProvider(name, book));
        query.model().ifPresent(name -> demandModel(name, query, book));
        return query;
    }

    boolean wants(Model priced) {
        return provider.map(priced.provider()::equals).orElse(true)
                && model.map(priced.model()::equals).orElse(true);
    }

    boolean wants(Rule rule, Instant now) {
        return meter.map(one -> rule.meter() == one).orElse(true)
                && at.map(rule::isEffectiveAt).orElseGet(() -> isInForceOrAnnounced(rule, now));
    }

    private static boolean isInForceOrAnnounced(Rule rule, Instant now) {
        Instant end = rule.effectiveTo();
        return end == null || now.isBefore(end);
    }

    private static void demandProvider(String name, PriceBookSnapshot book) {
        if (book.models().stream().noneMatch(model -> model.provider().equals(name))) {
            String known = book.models().stream()
                    .map(Model::provider)
                    .distinct()
                    .sorted()
                    .collect(Collectors.joining(", "));
            throw PlatformException.invalid(
                    "provider", "No provider of this name has prices. Name one of: " + known + ".");
        }
    }

    private static void demandModel(String name, PriceQuery query, PriceBookSnapshot book) {
        Predicate<Model> ofProvider =
                model -> query.provider().map(model.provider()::equals).orElse(true);
        if (book.models().stream()
                .filter(ofProvider)
                .noneMatch(model -> model.model().equals(name))) {
            throw PlatformException.invalid(
                    "model", "No model of this name has prices there. Leave model out to see all of them.");
        }
    }

    private static Meter meter(String word) {
        try {
            return Meter.of(word);
        } catch (IllegalArgumentException unknown) {
            String known = Arrays.stream(Meter.values()).map(Meter::wireName).collect(Collectors.joining(", "));
            throw PlatformException.invalid("meter", "There is no meter of this name. Name one of: " + known + ".");
        }
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException noInstant) {
            throw PlatformException.invalid("at", "at is not an instant. Send one such as 2026-11-22T12:00:00Z.");
        }
    }
}
