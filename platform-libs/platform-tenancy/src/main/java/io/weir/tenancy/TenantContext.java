package io.weir.tenancy;

/// What is known of the tenant on whose behalf a request runs; resolved once, at the edge.
///
/// @param plan the plan's key in the catalogue, for example `growth`
/// @param region where the tenant's data lives, for example `local`
public record TenantContext(TenantId id, String plan, Placement placement, String region) {

    public TenantContext {
        if (plan.isBlank() || region.isBlank()) {
            throw new IllegalArgumentException("tenant context of " + id + ": plan '" + plan + "', region '" + region
                    + "' (expected: both named)");
        }
    }
}
