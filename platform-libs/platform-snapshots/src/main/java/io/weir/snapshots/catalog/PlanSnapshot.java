package io.weir.snapshots.catalog;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.weir.money.Amount;
import io.weir.money.Rate;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A plan of the catalogue with all its terms, past and announced.
///
/// @param key for example `growth`
/// @param terms in order of [Terms#effectiveFrom()]
public record PlanSnapshot(String key, String name, List<Terms> terms, long version) {

    public PlanSnapshot {
        if (terms.isEmpty()) {
            throw new IllegalArgumentException("plan " + key + ": no terms (expected: at least one)");
        }
        terms = terms.stream()
                .sorted(Comparator.comparing(Terms::effectiveFrom))
                .toList();
    }

    /// The terms in force at that instant; before the first ones, the first.
    public Terms termsAt(Instant instant) {
        Terms found = terms.getFirst();
        for (Terms candidate : terms) {
            if (!candidate.effectiveFrom().isAfter(instant)) {
                found = candidate;
            }
        }
        return found;
    }

    /// What a plan costs and allows from an instant on.
    ///
    /// @param monthlyFee in US dollars
    /// @param includedCalls billable calls within the fee per `includedPer`; null: unlimited
    /// @param overagePerCall price of each further call; null: there is none to buy
    /// @param markup factor on the price book's cost of model usage
    /// @param defaultMaxTokens output limit where a call states none
    /// @param databaseConnections of a database's that a tenant holds at the same time, at most; null: not
    ///     published
    /// @param statementTimeoutMs after which one of its statements is ended; null: not published
    /// @param burstFactor how many times as much as evenness needs may be requested at once; null: no more
    /// @param requestsPerSecond of a tenant's calls of models; null: no limit
    /// @param maxConcurrency of a tenant's calls of models that run at the same time; null: no limit
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Terms(
            Instant effectiveFrom,
            Amount monthlyFee,
            @Nullable Long includedCalls,
            Period includedPer,
            @Nullable Rate overagePerCall,
            Rate markup,
            int defaultMaxTokens,
            @Nullable Long requestsPerHour,
            @Nullable Long tokensPerMonth,
            @Nullable Integer databaseConnections,
            @Nullable Integer statementTimeoutMs,
            @Nullable Integer burstFactor,
            @Nullable BigDecimal requestsPerSecond,
            @Nullable Integer maxConcurrency) {

        /// Without a rate.
        public Terms(
                Instant effectiveFrom,
                Amount monthlyFee,
                @Nullable Long includedCalls,
                Period includedPer,
                @Nullable Rate overagePerCall,
                Rate markup,
                int defaultMaxTokens,
                @Nullable Long requestsPerHour,
                @Nullable Long tokensPerMonth,
                @Nullable Integer databaseConnections,
                @Nullable Integer statementTimeoutMs,
                @Nullable Integer burstFactor) {
            this(
                    effectiveFrom,
                    monthlyFee,
                    includedCalls,
                    includedPer,
                    overagePerCall,
                    markup,
                    defaultMaxTokens,
                    requestsPerHour,
                    tokensPerMonth,
                    databaseConnections,
                    statementTimeoutMs,
                    burstFactor,
                    null,
                    null);
        }

        /// Without a burst.
        public Terms(
                Instant effectiveFrom,
                Amount monthlyFee,
                @Nullable Long includedCalls,
                Period includedPer,
                @Nullable Rate overagePerCall,
                Rate markup,
                int defaultMaxTokens,
                @Nullable Long requestsPerHour,
                @Nullable Long tokensPerMonth,
                @Nullable Integer databaseConnections,
                @Nullable Integer statementTimeoutMs) {
            this(
                    effectiveFrom,
                    monthlyFee,
                    includedCalls,
                    includedPer,
                    overagePerCall,
                    markup,
                    defaultMaxTokens,
                    requestsPerHour,
                    tokensPerMonth,
                    databaseConnections,
                    statementTimeoutMs,
                    null);
        }

        /// Without a share of databases.
        public Terms(
                Instant effectiveFrom,
                Amount monthlyFee,
                @Nullable Long includedCalls,
                Period includedPer,
                @Nullable Rate overagePerCall,
                Rate markup,
                int defaultMaxTokens,
                @Nullable Long requestsPerHour,
                @Nullable Long tokensPerMonth) {
            this(
                    effectiveFrom,
                    monthlyFee,
                    includedCalls,
                    includedPer,
                    overagePerCall,
                    markup,
                    defaultMaxTokens,
                    requestsPerHour,
                    tokensPerMonth,
                    null,
                    null);
        }
    }

    /// The span in which included calls are counted, in the tenant's time zone.
    public enum Period {
        @JsonProperty("day")
        DAY,
        @JsonProperty("month")
        MONTH
    }
}
