package io.weir.proof;

import com.fasterxml.jackson.annotation.JsonIgnore;

/// What a proof of isolation came to.
///
/// @param seen rows of another tenant that were seen, or counted, or inferred, by storm and attacks
/// @param changed rows of another tenant that were changed
/// @param mutants that were made
/// @param caught of them
/// @param controlCaught whether the storm saw the fault that was seeded to be seen
public record IsolationResult(long seen, long changed, int mutants, int caught, boolean controlCaught) {

    private static final int ENOUGH_MUTANTS = 20;

    /// Whether tenants are kept apart, and whether that was shown by something that would have seen otherwise.
    @JsonIgnore
    public boolean proven() {
        return seen == 0 && changed == 0 && controlCaught && mutants >= ENOUGH_MUTANTS && caught == mutants;
    }
}
