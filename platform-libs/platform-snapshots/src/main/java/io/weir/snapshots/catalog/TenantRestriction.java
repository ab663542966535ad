package io.weir.snapshots.catalog;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// How far a tenant that takes others' share is held back for a time. It ends by itself: whoever follows it stops
/// at [#until()] although nothing further comes.
///
/// @param weight factor on the tenant's weight where a shared limit is divided: above 0, at most 1
/// @param maxConcurrency calls of the tenant that one instance of orchestration-service runs at once, at least 1;
///     null: no cap
/// @param until when it ends; of no meaning at [Step#NONE]
/// @param reason in words, for operators and for the tenant itself: names no other tenant
/// @param at when it was decided
/// @param version rises with every change of the tenant
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TenantRestriction(
        TenantId tenantId,
        Step step,
        double weight,
        @Nullable Integer maxConcurrency,
        Instant until,
        String reason,
        Instant at,
        long version) {

    public TenantRestriction {
        Objects.requireNonNull(tenantId, "tenantId");
        Objects.requireNonNull(step, "step");
        Objects.requireNonNull(until, "until");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(at, "at");
        if (!(weight > 0 && weight <= 1)) {
            throw new IllegalArgumentException("weight: " + weight + " (expected: above 0, at most 1)");
        }
        if (maxConcurrency != null && maxConcurrency < 1) {
            throw new IllegalArgumentException("maxConcurrency: " + maxConcurrency + " (expected: >= 1)");
        }
    }

    /// Each holds a tenant back further than the one before.
    public enum Step {
        /// Not at all.
        @JsonProperty("none")
        NONE,
        /// Its weight is less, so that others come first where all want the same.
        @JsonProperty("lower_weight")
        LOWER_WEIGHT,
        /// Few of its calls run at once, too.
        @JsonProperty("cap_concurrency")
        CAP_CONCURRENCY,
        /// One call at a time, with the least weight.
        @JsonProperty("quarantine")
        QUARANTINE
    }

    /// Whether it holds the tenant back at that instant.
    public boolean isInForce(Instant now) {
        return step != Step.NONE && now.isBefore(until);
    }
}
