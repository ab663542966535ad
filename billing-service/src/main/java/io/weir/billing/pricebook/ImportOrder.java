package io.weir.billing.pricebook;

import io.weir.billing.pricebook.PriceBooks.Shown;
import io.weir.billing.pricebook.catalogue.Catalogue;
import io.weir.billing.pricebook.catalogue.Listing;
import io.weir.billing.pricebook.catalogue.Listing.Entry;
import io.weir.problem.PlatformException;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.springframework.web.reactive.function.server.ServerRequest;

/// What somebody wants to take in.
sealed interface ImportOrder {

    /// A price file of ours, which says all.
    record OfTerms() implements ImportOrder {}

    /// A catalogue of others', into a book that is in force.
    ///
    /// @param models names of those to take; empty: those that the book knows
    record OfCatalogue(Catalogue catalogue, String book, Set<String> models, LocalDate observedAt, Instant from)
            implements ImportOrder {

        UnaryOperator<PriceBookSnapshot> change(Listing listing) {
            String source = catalogue.name().toLowerCase(Locale.ROOT) + " catalogue";
            return new CatalogueImport(listing, models, source, observedAt, from);
        }

        /// Those that were named and that the catalogue does not have.
        Set<String> missing(Listing listing) {
            Set<String> missing = new TreeSet<>(models);
            listing.entries().stream().map(Entry::model).forEach(missing::remove);
            return missing;
        }

        /// Of the models that the book has now.
        List<String> passedOver(Listing listing, Shown shown) {
            Set<String> known = shown.version().content().models().stream()
                    .map(model -> model.provider() + "/" + model.model())
                    .collect(Collectors.toSet());
            return listing.passedOver().stream()
                    .filter(field -> known.contains(field.substring(0, field.lastIndexOf(": "))))
                    .toList();
        }
    }

    /// Throws a 400 naming the parameter that is wrong.
    static ImportOrder read(ServerRequest request, Instant now) {
        String format = request.queryParam("format").orElse("weir");
        if (format.equals("weir")) {
            return new OfTerms();
        }
        Catalogue catalogue = Catalogue.named(format)
                .orElseThrow(() -> PlatformException.invalid(
                        "format", "There is no such format. Send weir, litellm or openrouter."));
        Set<String> models = request.queryParam("models")
                .map(names -> Arrays.stream(names.split(",", -1))
                        .filter(name -> !name.isBlank())
                        .collect(Collectors.toSet()))
                .orElse(Set.of());
        return new OfCatalogue(
                catalogue,
                request.queryParam("book").orElse("list"),
                models,
                request.queryParam("observedAt")
                        .map(ImportOrder::day)
                        .orElseGet(() -> LocalDate.ofInstant(now, ZoneOffset.UTC)),
                request.queryParam("effectiveFrom")
                        .map(ImportOrder::instant)
                        .orElseGet(() -> now.truncatedTo(ChronoUnit.SECONDS)));
    }

    private static LocalDate day(String text) {
        try {
            return LocalDate.parse(text);
        } catch (DateTimeException noDay) {
            throw PlatformException.invalid("observedAt", "observedAt is not a day. Send one such as 2026-11-22.");
        }
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException noInstant) {
            throw PlatformException.invalid(
                    "effectiveFrom", "effectiveFrom is not an instant. Send one such as 2026-11-22T12:00:00Z.");
        }
    }
}
