package io.weir.analytics.neighbour.ladder;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.weir.snapshots.catalog.TenantRestriction;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How far a tenant is held back. Each stage goes further than the one before.
public enum Stage {
    NONE(TenantRestriction.Step.NONE, 1, null),
    LOWER_WEIGHT(TenantRestriction.Step.LOWER_WEIGHT, 0.25, null),
    CAP_CONCURRENCY(TenantRestriction.Step.CAP_CONCURRENCY, 0.25, 8),
    QUARANTINE(TenantRestriction.Step.QUARANTINE, 0.05, 1),
    /// Quarantine did not help: it goes on, and a person must look.
    PAGE(TenantRestriction.Step.QUARANTINE, 0.05, 1);

    private final TenantRestriction.Step step;
    private final double weight;
    private final @Nullable Integer maxConcurrency;

    Stage(TenantRestriction.Step step, double weight, @Nullable Integer maxConcurrency) {
        this.step = step;
        this.weight = weight;
        this.maxConcurrency = maxConcurrency;
    }

    /// As the data plane follows it.
    public TenantRestriction.Step step() {
        return step;
    }

    /// Factor on the tenant's weight.
    public double weight() {
        return weight;
    }

    /// Calls at once in each instance of orchestration-service; null: no cap.
    public @Nullable Integer maxConcurrency() {
        return maxConcurrency;
    }

    Stage further() {
        return switch (this) {
            case NONE -> LOWER_WEIGHT;
            case LOWER_WEIGHT -> CAP_CONCURRENCY;
            case CAP_CONCURRENCY -> QUARANTINE;
            case QUARANTINE, PAGE -> PAGE;
        };
    }

    Stage back() {
        return switch (this) {
            case NONE, LOWER_WEIGHT -> NONE;
            case CAP_CONCURRENCY -> LOWER_WEIGHT;
            case QUARANTINE -> CAP_CONCURRENCY;
            case PAGE -> QUARANTINE;
        };
    }

    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Throws [IllegalArgumentException] when there is no such stage.
    @JsonCreator
    public static Stage of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
