package io.weir.snapshots.catalog;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A tenant's effective settings, as far as the data plane follows them.
///
/// @param routing null: the tenant states no preferences
/// @param ipAllowList ranges in CIDR form from which alone the tenant may be used; empty: from anywhere
/// @param limits what the tenant has in place of its plan's limits; null: nothing
/// @param cors whose pages may call; null: nobody's
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TenantSettings(
        Models models,
        @Nullable Routing routing,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> ipAllowList,
        @Nullable Limits limits,
        @Nullable Cors cors) {

    /// Everything at its default.
    public static final TenantSettings DEFAULTS = new TenantSettings(new Models(List.of(), null, null, null));

    @JsonCreator
    public TenantSettings {
        ipAllowList = ipAllowList == null ? List.of() : List.copyOf(ipAllowList);
    }

    /// Without preferences for routing.
    public TenantSettings(Models models) {
        this(models, null);
    }

    /// Without anything about addresses and limits.
    public TenantSettings(Models models, @Nullable Routing routing) {
        this(models, routing, List.of(), null, null);
    }

    /// Without anything about the pages that may call.
    public TenantSettings(Models models, @Nullable Routing routing, List<String> ipAllowList, @Nullable Limits limits) {
        this(models, routing, ipAllowList, limits, null);
    }

    /// Pages of other origins.
    ///
    /// @param allowedOrigins as `https://app.acme.com` or `https://*.acme.com`
    public record Cors(List<String> allowedOrigins) {

        public Cors {
            allowedOrigins = allowedOrigins == null ? List.of() : List.copyOf(allowedOrigins);
        }
    }

    /// What stands in place of the plan's terms. What is null is the plan's.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Limits(
            @Nullable BigDecimal requestsPerSecond,
            @Nullable Long requestsPerHour,
            @Nullable Long requestsPerDay,
            @Nullable Long callsPerDay,
            @Nullable Long callsPerMonth,
            @Nullable Long tokensPerMinute,
            @Nullable Long tokensPerMonth,
            @Nullable Integer maxConcurrency,
            @Nullable Long documents,
            @Nullable Long storageMb,
            @Nullable Integer databaseConnections,
            @Nullable Integer statementTimeoutMs) {}

    /// Whose pages may call with the tenant's keys; empty: nobody's.
    @JsonIgnore
    public List<String> allowedOrigins() {
        return cors == null ? List.of() : cors.allowedOrigins();
    }

    /// What the tenant prefers where a call leaves the model to us; empty preferences where it states none.
    @JsonIgnore
    public Routing preferences() {
        return routing == null ? Routing.NONE : routing;
    }

    /// @param allowed models that the tenant may call; empty: all
    /// @param defaultModel stands in where a call names none
    /// @param maxTokens output limit where a call states none; null: the plan's
    /// @param embedding stands in where a call for embeddings names no model
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Models(
            List<String> allowed,
            @JsonProperty("default") @Nullable String defaultModel,
            @Nullable Double temperature,
            @Nullable Integer maxTokens,
            @Nullable String embedding) {

        @JsonCreator
        public Models {
            allowed = allowed == null ? List.of() : List.copyOf(allowed);
        }

        /// Without a model for embeddings.
        public Models(
                List<String> allowed,
                @Nullable String defaultModel,
                @Nullable Double temperature,
                @Nullable Integer maxTokens) {
            this(allowed, defaultModel, temperature, maxTokens, null);
        }
    }

    /// @param preferredProvider tried first where it has a model that fits; may name none that exists
    /// @param order models in order of fit, before all others; may name some that do not exist
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Routing(@Nullable String preferredProvider, List<String> order) {

        /// No preferences.
        public static final Routing NONE = new Routing(null, List.of());

        public Routing {
            order = order == null ? List.of() : List.copyOf(order);
        }
    }
}
