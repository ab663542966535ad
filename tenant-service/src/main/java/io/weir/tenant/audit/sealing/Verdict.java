package io.weir.tenant.audit.sealing;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What a verification found.
///
/// @param events records that were looked at
/// @param checkpoints whose signature, place in the chain and records hold
/// @param unsealed records at the end that no checkpoint covers yet
/// @param exported whether the records were compared with leaves outside the database
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Verdict(
        boolean verified,
        long events,
        long checkpoints,
        long unsealed,
        boolean exported,
        Instant verifiedAt,
        @Nullable Broken firstBroken) {

    /// The first record that does not hold.
    ///
    /// @param seq its number in the tenant's log
    /// @param what happened to it, as far as that can be told
    public record Broken(long seq, String what) {}
}
