package io.weir.snapshots.catalog;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.weir.security.Role;
import io.weir.tenancy.TenantId;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a person may do in a tenant. Says nothing of who the person is: name and e-mail address stay with the
/// tenant's own data.
///
/// @param memberId a UUID
/// @param issuer whose tokens it is about; null: any issuer that is configured
/// @param subject the person's id with that issuer; null: known by its e-mail address
/// @param emailHash HMAC-SHA-256 of the lower-case e-mail address under the pepper, hexadecimal; null with a
///     subject
/// @param version rises with every change of the member
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MemberSnapshot(
        String memberId,
        TenantId tenantId,
        @Nullable String issuer,
        @Nullable String subject,
        @Nullable String emailHash,
        Role role,
        Status status,
        long version) {

    /// What [#emailHash] is made for: see `Pepper.digest`.
    public static final String EMAIL = "member-email";

    public MemberSnapshot {
        Objects.requireNonNull(memberId, "memberId");
        Objects.requireNonNull(tenantId, "tenantId");
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(status, "status");
        if (subject == null && emailHash == null) {
            throw new IllegalArgumentException("member " + memberId + ": neither subject nor e-mail hash");
        }
    }

    /// A removed member stays known, with its version, so that nothing older brings it back.
    public enum Status {
        @JsonProperty("active")
        ACTIVE,
        @JsonProperty("removed")
        REMOVED
    }
}
