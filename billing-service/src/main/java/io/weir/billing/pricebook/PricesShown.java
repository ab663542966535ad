package io.weir.billing.pricebook;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.weir.money.Meter;
import io.weir.snapshots.catalog.DailyHours;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.snapshots.catalog.PriceBookSnapshot.Model;
import io.weir.snapshots.catalog.PriceBookSnapshot.Rule;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A price book as callers see it, US dollars as decimal strings.
///
/// @param source where the prices were read
/// @param observedAt when
record PricesShown(
        String bookId, String source, LocalDate observedAt, long version, String currency, List<Priced> prices) {

    private static final String CURRENCY = "USD";
    private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);

    /// @param contextWindow tokens that prompt and answer may have together
    /// @param maxOutputTokens that one answer may have; 0 where there is none
    record Priced(
            String provider, String model, String mode, long contextWindow, long maxOutputTokens, List<Price> rules) {}

    /// @param unit that `rate` is the price of
    /// @param contextOver it applies to the whole request once its prompt has more tokens than this
    /// @param effectiveTo exclusive; null until further notice
    /// @param hours of each day in which it holds; absent: all day
    record Price(
            String id,
            Meter meter,
            String unit,
            String rate,
            String perMillion,
            String serviceTier,
            long contextOver,
            Instant effectiveFrom,
            @Nullable Instant effectiveTo,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            DailyHours hours) {

        static Price of(Rule rule) {
            BigDecimal perMillion = rule.rate().perUnit().multiply(MILLION).stripTrailingZeros();
            return new Price(
                    rule.id(),
                    rule.meter(),
                    unit(rule.meter()),
                    rule.rate().toPlainString(),
                    perMillion.toPlainString(),
                    rule.serviceTier(),
                    rule.contextOver(),
                    rule.effectiveFrom(),
                    rule.effectiveTo(),
                    rule.hours());
        }

        private static String unit(Meter meter) {
            return meter.isInput() || meter.isOutput() ? "token" : meter.wireName();
        }
    }

    /// Models in the book's order; those of which nothing is asked for are left out.
    static PricesShown of(PriceBookSnapshot book, PriceQuery query, Instant now) {
        List<Priced> prices = book.models().stream()
                .filter(query::wants)
                .map(model -> priced(model, book, query, now))
                .filter(priced -> !priced.rules().isEmpty())
                .toList();
        return new PricesShown(book.id(), book.source(), book.observedAt(), book.version(), CURRENCY, prices);
    }

    private static Priced priced(Model model, PriceBookSnapshot book, PriceQuery query, Instant now) {
        List<Price> rules = book.rules().stream()
                .filter(rule -> rule.provider().equals(model.provider())
                        && rule.model().equals(model.model())
                        && query.wants(rule, now))
                .map(Price::of)
                .toList();
        return new Priced(
                model.provider(), model.model(), model.mode(), model.contextWindow(), model.maxOutputTokens(), rules);
    }
}
