package io.weir.snapshots.catalog;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What calls with one key have in place of their tenant's settings. What is null is the tenant's.
@JsonInclude(JsonInclude.Include.NON_NULL)
public record KeySettings(@Nullable Models models, @Nullable Limits limits) {

    // A list of models that is empty allows all of them; this one, none: no model has that name.
    private static final List<String> NO_MODEL = List.of("-");

    /// The tenant's settings as a call with this key has them. A key never allows a model that its tenant does
    /// not.
    public TenantSettings over(TenantSettings tenant) {
        if (models == null) {
            return tenant;
        }
        TenantSettings.Models own = tenant.models();
        TenantSettings.Models both = new TenantSettings.Models(
                common(own.allowed(), models.allowed()),
                models.defaultModel() == null ? own.defaultModel() : models.defaultModel(),
                models.temperature() == null ? own.temperature() : models.temperature(),
                models.maxTokens() == null ? own.maxTokens() : models.maxTokens(),
                own.embedding());
        return new TenantSettings(
                both,
                tenant.routing(),
                tenant.ipAllowList(),
                tenant.limits(),
                tenant.cors(),
                tenant.calls(),
                tenant.cache(),
                tenant.retentionDays());
    }

    private static List<String> common(List<String> ofTenant, List<String> ofKey) {
        if (ofTenant.isEmpty() || ofKey.isEmpty()) {
            return ofTenant.isEmpty() ? ofKey : ofTenant;
        }
        List<String> both = ofTenant.stream().filter(ofKey::contains).toList();
        return both.isEmpty() ? NO_MODEL : both;
    }

    /// @param allowed models that the key may call, among those that the tenant may; empty: all of the tenant's
    /// @param defaultModel stands in where a call names none
    /// @param maxTokens output limit where a call states none
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Models(
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> allowed,
            @JsonProperty("default") @Nullable String defaultModel,
            @Nullable Double temperature,
            @Nullable Integer maxTokens) {

        public Models {
            allowed = allowed == null ? List.of() : List.copyOf(allowed);
        }
    }

    /// What the key may use of what its tenant may: the tighter of the two holds. Requests per hour and tokens per
    /// minute are reserved: nobody enforces them, so nobody can set them.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Limits(
            @Nullable BigDecimal requestsPerSecond,
            @Nullable Long requestsPerHour,
            @Nullable Long tokensPerMinute,
            @Nullable Integer maxConcurrency) {

        /// What gateways hold a key's calls against.
        public Limits(@Nullable BigDecimal requestsPerSecond, @Nullable Integer maxConcurrency) {
            this(requestsPerSecond, null, null, maxConcurrency);
        }
    }
}
