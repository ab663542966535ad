package io.weir.proof.ground;

import io.weir.tenancy.TenantContext;

/// A tenant of the proof, and where its placed rows are.
///
/// @param schema of its rows, in that database
public record Resident(TenantContext tenant, String database, String schema) {

    /// What stands in every row of it, and in no other tenant's.
    public String mark() {
        return "row-of-" + tenant.id();
    }

    /// The id of a note that no other tenant has one with.
    public int ownId() {
        return 1_000 + (int) (tenant.id().value().getLeastSignificantBits() & 0xffff);
    }

    /// Its title, which no other tenant has either.
    public String ownTitle() {
        return "own title " + ownId();
    }

    @Override
    public String toString() {
        return tenant.placement().wireName() + "/" + tenant.id();
    }
}
