package io.weir.orchestration.route;

import io.weir.snapshots.catalog.TenantSettings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is preferred where the model is left to us.
///
/// @param provider null: none
/// @param order models that come before all others
public record Wishes(@Nullable String provider, List<String> order) {

    /// The tenant's.
    public static Wishes of(TenantSettings settings) {
        return new Wishes(
                settings.preferences().preferredProvider(),
                settings.preferences().order());
    }

    /// The same with another provider; it is said for one call, so that it goes before the tenant's order.
    public Wishes preferring(String other) {
        return new Wishes(other, List.of());
    }
}
