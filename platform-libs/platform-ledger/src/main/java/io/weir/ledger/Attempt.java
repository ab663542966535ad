package io.weir.ledger;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.money.Quantities;
import io.weir.money.Rate;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One call to one provider on behalf of a request.
///
/// @param n counts from 1 within the request
/// @param providerRequestId the provider's own name for it, as its support asks for; null: it sent none
/// @param buckets what was used, in disjoint meters
/// @param rawUsage what the provider said, as it said it; null: it said nothing
/// @param usageSource whether the provider reported the usage, or we measured it
/// @param lines what each bucket cost and by which rule
/// @param status the provider's HTTP status; null: none was received
/// @param serviceTier the tier that the provider served it in, as it named it; null: standard
/// @param pricedAt the instant whose rules were asked for; null: nothing was to be priced
/// @param unpriced why it costs nothing although something was used; null: it is priced
/// @param ceilingBreach what the provider charged beyond what was held: the platform's, never the tenant's, and in no
/// line; null: nothing
/// @param keySource whose key it went out with; null: the platform's
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Attempt(
        int n,
        String provider,
        String model,
        @Nullable String providerRequestId,
        Quantities buckets,
        @Nullable JsonNode rawUsage,
        UsageSource usageSource,
        @Nullable String priceBookId,
        List<PricedLine> lines,
        Amount cost,
        Outcome outcome,
        @Nullable Integer status,
        long latencyMs,
        @Nullable String serviceTier,
        @Nullable Instant pricedAt,
        @Nullable Unpriced unpriced,
        @Nullable Amount ceilingBreach,
        @Nullable KeySource keySource) {

    @JsonCreator
    public Attempt {
        lines = List.copyOf(lines);
    }

    /// The same at no more than that; what it cost beyond is the platform's.
    public Attempt within(Amount most) {
        if (cost.compareTo(most) <= 0) {
            return this;
        }
        return new Attempt(
                n,
                provider,
                model,
                providerRequestId,
                buckets,
                rawUsage,
                usageSource,
                priceBookId,
                PricedLine.within(lines, most),
                most,
                outcome,
                status,
                latencyMs,
                serviceTier,
                pricedAt,
                unpriced,
                cost.minus(most),
                keySource);
    }

    /// With the platform's key.
    public Attempt(
            int n,
            String provider,
            String model,
            @Nullable String providerRequestId,
            Quantities buckets,
            @Nullable JsonNode rawUsage,
            UsageSource usageSource,
            @Nullable String priceBookId,
            List<PricedLine> lines,
            Amount cost,
            Outcome outcome,
            @Nullable Integer status,
            long latencyMs,
            @Nullable String serviceTier,
            @Nullable Instant pricedAt,
            @Nullable Unpriced unpriced,
            @Nullable Amount ceilingBreach) {
        this(
                n,
                provider,
                model,
                providerRequestId,
                buckets,
                rawUsage,
                usageSource,
                priceBookId,
                lines,
                cost,
                outcome,
                status,
                latencyMs,
                serviceTier,
                pricedAt,
                unpriced,
                ceilingBreach,
                null);
    }

    /// With the tenant's own key. The tenant owes the provider, and the platform nothing.
    public Attempt withTenantsKey() {
        return new Attempt(
                n,
                provider,
                model,
                providerRequestId,
                buckets,
                rawUsage,
                usageSource,
                null,
                List.of(),
                Amount.ZERO,
                outcome,
                status,
                latencyMs,
                serviceTier,
                null,
                null,
                null,
                KeySource.TENANT);
    }

    /// In the standard tier, and with nothing to be priced later.
    public Attempt(
            int n,
            String provider,
            String model,
            @Nullable String providerRequestId,
            Quantities buckets,
            @Nullable JsonNode rawUsage,
            UsageSource usageSource,
            @Nullable String priceBookId,
            List<PricedLine> lines,
            Amount cost,
            Outcome outcome,
            @Nullable Integer status,
            long latencyMs) {
        this(
                n,
                provider,
                model,
                providerRequestId,
                buckets,
                rawUsage,
                usageSource,
                priceBookId,
                lines,
                cost,
                outcome,
                status,
                latencyMs,
                null,
                null,
                null,
                null,
                null);
    }

    /// @param cost rate times quantity, exact
    public record PricedLine(Meter meter, long quantity, Rate rate, String ruleId, Amount cost) {

        /// A line for an amount that no meter explains.
        public static PricedLine of(Amount amount, String ruleId) {
            return new PricedLine(Meter.REQUEST, 1, new Rate(amount.value()), ruleId, amount);
        }

        // As many units as the amount pays, and a line for what is left of it.
        static List<PricedLine> within(List<PricedLine> lines, Amount most) {
            List<PricedLine> paid = new ArrayList<>();
            Amount left = most;
            for (PricedLine line : lines) {
                PricedLine part = line.within(left);
                if (part.quantity > 0) {
                    paid.add(part);
                    left = left.minus(part.cost);
                }
                if (part.quantity < line.quantity) {
                    break;
                }
            }
            if (!left.isZero()) {
                paid.add(of(left, "ceiling"));
            }
            return paid;
        }

        private PricedLine within(Amount most) {
            if (cost.compareTo(most) <= 0) {
                return this;
            }
            long units =
                    most.value().divide(rate.perUnit(), 0, RoundingMode.FLOOR).longValueExact();
            return new PricedLine(meter, units, rate, ruleId, rate.times(units));
        }
    }

    /// Usage that waits for somebody to price it. It is never billed at zero for good.
    ///
    /// @param meters what stands in the way, with its count: meters without a price, or counters without a meter
    public record Unpriced(Reason reason, Map<String, Long> meters) {

        public Unpriced {
            meters = Collections.unmodifiableMap(new TreeMap<>(meters));
        }

        /// Why there is no price.
        public enum Reason {
            /// The price book has no rate for a meter that was used.
            NO_PRICE,
            /// The provider counted something that has no meter here. The buckets do not have it.
            UNKNOWN_METER,
            /// What the provider says cannot be: the buckets are our own count.
            NOT_CREDIBLE;

            @JsonValue
            public String wireName() {
                return name().toLowerCase(Locale.ROOT);
            }
        }
    }

    /// Where the buckets come from.
    public enum UsageSource {
        PROVIDER,
        MEASURED;

        @JsonValue
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// Whose account at the provider it was.
    public enum KeySource {
        PLATFORM,
        TENANT;

        @JsonValue
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
