package io.weir.tenant.quota;

import org.jspecify.annotations.Nullable;

/// How much a tenant uses; null: not known now.
///
/// @param members people with a role in the tenant, invited ones included
/// @param requestsThisHour of UTC
/// @param tokensThisMonth of UTC
public record Used(
        @Nullable Long keys,
        @Nullable Long members,
        @Nullable Long requestsThisHour,
        @Nullable Long tokensThisMonth) {

    static final Used UNKNOWN = new Used(null, null, null, null);
}
