package io.weir.snapshots.catalog;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A tenant's effective settings, as far as the data plane follows them.
public record TenantSettings(Models models) {

    /// Everything at its default.
    public static final TenantSettings DEFAULTS = new TenantSettings(new Models(List.of(), null, null, null));

    /// @param allowed models that the tenant may call; empty: all
    /// @param defaultModel stands in where a call names none
    /// @param maxTokens output limit where a call states none; null: the plan's
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Models(
            List<String> allowed,
            @JsonProperty("default") @Nullable String defaultModel,
            @Nullable Double temperature,
            @Nullable Integer maxTokens) {

        public Models {
            allowed = allowed == null ? List.of() : List.copyOf(allowed);
        }
    }
}
