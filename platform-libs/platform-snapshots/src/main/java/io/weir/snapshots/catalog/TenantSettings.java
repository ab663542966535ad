package io.weir.snapshots.catalog;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A tenant's effective settings, as far as the data plane follows them.
///
/// @param routing null: the tenant states no preferences
/// @param ipAllowList ranges in CIDR form from which alone the tenant may be used; empty: from anywhere
/// @param limits what the tenant has in place of its plan's limits; null: nothing
/// @param cors whose pages may call; null: nobody's
/// @param calls how its calls are conducted; null: as the platform does it
/// @param cache which answers may be given again; null: none
/// @param retentionDays how long prompts and answers may be kept; 0: not at all; null: as the platform does it
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TenantSettings(
        Models models,
        @Nullable Routing routing,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> ipAllowList,
        @Nullable Limits limits,
        @Nullable Cors cors,
        @Nullable Calls calls,
        @Nullable Cache cache,
        @Nullable Integer retentionDays) {

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
        this(models, routing, List.of(), null);
    }

    /// Without anything about the pages that may call, and how calls are conducted.
    public TenantSettings(Models models, @Nullable Routing routing, List<String> ipAllowList, @Nullable Limits limits) {
        this(models, routing, ipAllowList, limits, null, null);
    }

    /// With nothing about how calls are conducted.
    public TenantSettings(
            Models models,
            @Nullable Routing routing,
            List<String> ipAllowList,
            @Nullable Limits limits,
            @Nullable Cors cors) {
        this(models, routing, ipAllowList, limits, cors, null);
    }

    /// With no answers that may be given again.
    public TenantSettings(
            Models models,
            @Nullable Routing routing,
            List<String> ipAllowList,
            @Nullable Limits limits,
            @Nullable Cors cors,
            @Nullable Calls calls) {
        this(models, routing, ipAllowList, limits, cors, calls, null);
    }

    /// With prompts and answers kept as the platform does it.
    public TenantSettings(
            Models models,
            @Nullable Routing routing,
            List<String> ipAllowList,
            @Nullable Limits limits,
            @Nullable Cors cors,
            @Nullable Calls calls,
            @Nullable Cache cache) {
        this(models, routing, ipAllowList, limits, cors, calls, cache, null);
    }

    /// The same with that much of answers that may be given again.
    public TenantSettings with(@Nullable Cache other) {
        return new TenantSettings(models, routing, ipAllowList, limits, cors, calls, other, retentionDays);
    }

    /// The same with prompts and answers kept for so many days.
    public TenantSettings keeping(int days) {
        return new TenantSettings(models, routing, ipAllowList, limits, cors, calls, cache, days);
    }

    /// Which answers may be given again instead of asking a provider.
    ///
    /// @param exact to a request that is the same
    /// @param semantic to a request whose last message means the same
    /// @param sampled also where the request leaves the answer to chance, its temperature being above 0
    /// @param ttlSeconds for how long; null: as the platform does it
    /// @param threshold how alike two messages must be at least, up to 1; null: as the platform does it
    public record Cache(
            boolean exact,
            boolean semantic,
            boolean sampled,
            @Nullable Integer ttlSeconds,
            @Nullable Double threshold) {

        /// Nothing is given again.
        public static final Cache OFF = new Cache(false, false, false, null, null);
    }

    /// How calls are conducted.
    ///
    /// @param clientGone what becomes of a stream whose client left
    public record Calls(ClientGone clientGone) {}

    /// What becomes of a stream whose client left; what was produced is settled either way.
    public enum ClientGone {
        /// The provider is told to stop; what is on its way is still read.
        CANCEL,
        /// It is read to its end.
        DRAIN;

        @JsonValue
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }

        /// Throws [IllegalArgumentException] for any other word.
        @JsonCreator
        public static ClientGone of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
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

    /// Which answers may be given again.
    @JsonIgnore
    public Cache caching() {
        return cache == null ? Cache.OFF : cache;
    }

    /// What becomes of its streams whose client left; null: what the platform does with such.
    @JsonIgnore
    public @Nullable ClientGone clientGone() {
        return calls == null ? null : calls.clientGone();
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

    /// Who may serve the tenant's calls, and whom it prefers. Names may be of nobody that exists.
    ///
    /// @param preferredProvider tried first where it has a model that fits
    /// @param order models in order of fit, before all others
    /// @param only providers, or `provider/model`, besides which none may serve; empty: any may
    /// @param ignore providers, or `provider/model`, that must not serve
    /// @param sort what decides between models that fit equally; null: as the platform chooses
    /// @param maxPrice US dollars per million tokens that neither prompt nor answer may exceed; null: none
    /// @param regions outside which none may serve, as `eu` or, narrower, `eu-central-1`; empty: anywhere
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Routing(
            @Nullable String preferredProvider,
            List<String> order,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> only,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> ignore,
            @Nullable Sort sort,
            @Nullable BigDecimal maxPrice,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> regions) {

        /// No preferences.
        public static final Routing NONE = new Routing(null, List.of());

        @JsonCreator
        public Routing {
            order = order == null ? List.of() : List.copyOf(order);
            only = only == null ? List.of() : List.copyOf(only);
            ignore = ignore == null ? List.of() : List.copyOf(ignore);
            regions = regions == null ? List.of() : List.copyOf(regions);
        }

        /// Preferences for anywhere.
        public Routing(
                @Nullable String preferredProvider,
                List<String> order,
                List<String> only,
                List<String> ignore,
                @Nullable Sort sort,
                @Nullable BigDecimal maxPrice) {
            this(preferredProvider, order, only, ignore, sort, maxPrice, List.of());
        }

        /// The same within these regions.
        public Routing within(List<String> others) {
            return new Routing(preferredProvider, order, only, ignore, sort, maxPrice, others);
        }

        /// Preferences that rule nobody out.
        public Routing(@Nullable String preferredProvider, List<String> order) {
            this(preferredProvider, order, List.of(), List.of(), null, null);
        }
    }

    /// What decides between models that fit equally.
    public enum Sort {
        /// The lowest expected cost.
        PRICE,
        /// The shortest time to the first token.
        LATENCY,
        /// The most tokens per second.
        THROUGHPUT;

        @JsonValue
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }

        /// Throws [IllegalArgumentException] for any other word.
        @JsonCreator
        public static Sort of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }
}
