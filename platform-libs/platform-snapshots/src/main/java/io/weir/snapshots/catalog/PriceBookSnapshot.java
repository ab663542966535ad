package io.weir.snapshots.catalog;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.weir.money.Meter;
import io.weir.money.Rate;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An approved price book: the models that it knows and what their meters cost, in US dollars.
///
/// @param source where the prices were read
/// @param observedAt when
/// @param tenantId the one tenant whose calls it prices, before all others' books; null: everybody's
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PriceBookSnapshot(
        String id,
        String source,
        LocalDate observedAt,
        List<Model> models,
        List<Rule> rules,
        long version,
        @Nullable TenantId tenantId) {

    public PriceBookSnapshot {
        models = List.copyOf(models);
        rules = List.copyOf(rules);
    }

    /// The platform's.
    public PriceBookSnapshot(
            String id, String source, LocalDate observedAt, List<Model> models, List<Rule> rules, long version) {
        this(id, source, observedAt, models, rules, version, null);
    }

    /// The same under its number.
    public PriceBookSnapshot numbered(long number) {
        return new PriceBookSnapshot(id, source, observedAt, models, rules, number, tenantId);
    }

    /// @param contextWindow tokens that prompt and answer may have together
    /// @param maxOutputTokens that one answer may have
    /// @param created seconds since the epoch, as the models list shows it
    public record Model(
            String provider, String model, String mode, long contextWindow, long maxOutputTokens, long created) {}

    /// @param contextOver the rule applies to the whole request once its prompt has more tokens than this
    /// @param effectiveFrom inclusive
    /// @param effectiveTo exclusive; null: open
    /// @param hours of each day in which it holds, before one that holds all day; null: all day
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Rule(
            String id,
            String provider,
            String model,
            Meter meter,
            Rate rate,
            String serviceTier,
            long contextOver,
            Instant effectiveFrom,
            @Nullable Instant effectiveTo,
            @Nullable DailyHours hours) {

        /// All day.
        public Rule(
                String id,
                String provider,
                String model,
                Meter meter,
                Rate rate,
                String serviceTier,
                long contextOver,
                Instant effectiveFrom,
                @Nullable Instant effectiveTo) {
            this(id, provider, model, meter, rate, serviceTier, contextOver, effectiveFrom, effectiveTo, null);
        }

        /// Whether a call at that instant is priced by it.
        public boolean isEffectiveAt(Instant instant) {
            return holdsOn(instant) && (hours == null || hours.contain(instant));
        }

        /// Whether the instant is in its range of days, whatever the hour.
        public boolean holdsOn(Instant instant) {
            return !instant.isBefore(effectiveFrom) && (effectiveTo == null || instant.isBefore(effectiveTo));
        }

        /// The same at another rate, under another name, in another range of days.
        public Rule during(String name, Rate other, Instant from, @Nullable Instant to) {
            return new Rule(name, provider, model, meter, other, serviceTier, contextOver, from, to, hours);
        }
    }
}
