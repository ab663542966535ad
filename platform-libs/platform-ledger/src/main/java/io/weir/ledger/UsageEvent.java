package io.weir.ledger;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.weir.money.Amount;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What the ledger says. Every `Held` is followed by exactly one `Settled` or `Released` of the same request.
public sealed interface UsageEvent {

    /// The `type` attribute of its envelope.
    String type();

    /// Events about one client request of one tenant.
    sealed interface OfRequest extends UsageEvent {
        /// The client request's id, the same as its `x-request-id`.
        String requestId();

        TenantId tenantId();

        /// Public id of the API key that was used.
        String keyId();
    }

    /// Written before the first request byte goes to a provider, and again before that of each fallback. The request's
    /// last one is in force; it replaces those before.
    ///
    /// @param ceiling the most that the request can cost, in US dollars
    /// @param expiresAt after which the hold is an orphan
    /// @param budgetId the budget that it was debited against; null: the tenant has no cap
    /// @param fallback counts the routes that were left for this one; null: this is the first
    /// @param renewal true: the same hold with a later expiry, since the call still runs; null: a hold of its own
    /// @param measured what the call had cost when it was renewed, as far as it could be measured; null: not known
    /// @param debits all budgets' windows that the ceiling was debited against, each with the lease; null: none
    /// @param tags what the caller calls its call, by which tags' budgets count it; null: nothing
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Held(
            String requestId,
            TenantId tenantId,
            String keyId,
            String requestedModel,
            String provider,
            String model,
            Amount ceiling,
            Instant expiresAt,
            @Nullable String budgetId,
            @Nullable Instant windowStart,
            @Nullable Integer fallback,
            @Nullable Boolean renewal,
            @Nullable Amount measured,
            @Nullable List<Debit> debits,
            @Nullable Map<String, String> tags)
            implements OfRequest {

        public static final String TYPE = "io.weir.usage.held.v1";

        @JsonCreator
        public Held {
            debits = debits == null ? null : List.copyOf(debits);
            tags = ordered(tags);
        }

        /// Without tags.
        public Held(
                String requestId,
                TenantId tenantId,
                String keyId,
                String requestedModel,
                String provider,
                String model,
                Amount ceiling,
                Instant expiresAt,
                @Nullable String budgetId,
                @Nullable Instant windowStart,
                @Nullable Integer fallback,
                @Nullable Boolean renewal,
                @Nullable Amount measured,
                @Nullable List<Debit> debits) {
            this(
                    requestId,
                    tenantId,
                    keyId,
                    requestedModel,
                    provider,
                    model,
                    ceiling,
                    expiresAt,
                    budgetId,
                    windowStart,
                    fallback,
                    renewal,
                    measured,
                    debits,
                    null);
        }

        /// For the first route, without tags.
        public Held(
                String requestId,
                TenantId tenantId,
                String keyId,
                String requestedModel,
                String provider,
                String model,
                Amount ceiling,
                Instant expiresAt,
                @Nullable String budgetId,
                @Nullable Instant windowStart) {
            this(
                    requestId,
                    tenantId,
                    keyId,
                    requestedModel,
                    provider,
                    model,
                    ceiling,
                    expiresAt,
                    budgetId,
                    windowStart,
                    null,
                    null,
                    null,
                    null);
        }

        /// The same with a later expiry.
        public Held renewed(Instant until, @Nullable Amount measuredSoFar) {
            return new Held(
                    requestId,
                    tenantId,
                    keyId,
                    requestedModel,
                    provider,
                    model,
                    ceiling,
                    until,
                    budgetId,
                    windowStart,
                    fallback,
                    true,
                    measuredSoFar,
                    debits,
                    tags);
        }

        /// Whether a call begins with it, which has held nothing before.
        boolean opensCall() {
            return fallback == null && renewal == null;
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /// One budget's window that a ceiling was debited against.
    ///
    /// @param windowStart names the window by its calendar label
    /// @param lease of the process that held it: what it had settled is read from here, should it die
    record Debit(String budgetId, Instant windowStart, String lease) {}

    /// Written exactly once per client request that consumed something.
    ///
    /// @param cost exact sum of the attempts' costs, in US dollars
    /// @param baselineModel what the savings are measured against
    /// @param baselineCost what the served attempt's usage would have cost there
    /// @param savings add up to `baselineCost` less `cost`; empty where these are equal
    /// @param latencyMs from the request's arrival to its last byte
    /// @param timeToFirstTokenMs null for plain answers
    /// @param cache `none`, or the cache that answered
    /// @param billable whether it counts as a call: its answer began 2xx
    /// @param tags as in `Held`; null: none
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Settled(
            String requestId,
            TenantId tenantId,
            String keyId,
            String requestedModel,
            String servedProvider,
            String servedModel,
            List<Attempt> attempts,
            Amount cost,
            String baselineModel,
            Amount baselineCost,
            List<SavingsLine> savings,
            Outcome outcome,
            boolean stream,
            boolean billable,
            long latencyMs,
            @Nullable Long timeToFirstTokenMs,
            String cache,
            String routeReason,
            long bytesIn,
            long bytesOut,
            @Nullable Map<String, String> tags)
            implements OfRequest {

        public static final String TYPE = "io.weir.usage.settled.v1";

        @JsonCreator
        public Settled {
            attempts = List.copyOf(attempts);
            savings = List.copyOf(savings);
            tags = ordered(tags);
        }

        /// Without tags.
        public Settled(
                String requestId,
                TenantId tenantId,
                String keyId,
                String requestedModel,
                String servedProvider,
                String servedModel,
                List<Attempt> attempts,
                Amount cost,
                String baselineModel,
                Amount baselineCost,
                List<SavingsLine> savings,
                Outcome outcome,
                boolean stream,
                boolean billable,
                long latencyMs,
                @Nullable Long timeToFirstTokenMs,
                String cache,
                String routeReason,
                long bytesIn,
                long bytesOut) {
            this(
                    requestId,
                    tenantId,
                    keyId,
                    requestedModel,
                    servedProvider,
                    servedModel,
                    attempts,
                    cost,
                    baselineModel,
                    baselineCost,
                    savings,
                    outcome,
                    stream,
                    billable,
                    latencyMs,
                    timeToFirstTokenMs,
                    cache,
                    routeReason,
                    bytesIn,
                    bytesOut,
                    null);
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    private static @Nullable Map<String, String> ordered(@Nullable Map<String, String> tags) {
        return tags == null ? null : Collections.unmodifiableMap(new TreeMap<>(tags));
    }

    /// Why a request cost less than its baseline, or more: then the amount is negative. The lines of a request
    /// add up to its baseline's cost less its own.
    ///
    /// @param reason `routing`, `cache`, `provider_cache` or `batch`
    record SavingsLine(String reason, Amount amount) {}

    /// Nothing was consumed.
    ///
    /// @param reason for example `provider_error`, `client_gone`, `ledger_unavailable`
    record Released(String requestId, TenantId tenantId, String keyId, String reason) implements OfRequest {

        public static final String TYPE = "io.weir.usage.released.v1";

        @Override
        public String type() {
            return TYPE;
        }
    }

    /// Sent to every partition every five seconds and on close: moves watermarks, reveals a lost tail.
    ///
    /// @param highestAcknowledged sequence of the producer's last acknowledged record in that partition; -1: none
    /// @param last true when the producer closes and will write no more
    record Tick(long highestAcknowledged, boolean last) implements UsageEvent {

        public static final String TYPE = "io.weir.usage.tick.v1";

        @Override
        public String type() {
            return TYPE;
        }
    }
}
