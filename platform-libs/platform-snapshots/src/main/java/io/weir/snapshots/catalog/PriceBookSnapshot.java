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
            @Nullable Instant effectiveTo) {

        public boolean isEffectiveAt(Instant instant) {
            return !instant.isBefore(effectiveFrom) && (effectiveTo == null || instant.isBefore(effectiveTo));
        }
    }
}
