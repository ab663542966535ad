package io.weir.analytics.events;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.weir.money.Amount;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.util.Map;

/// A cost that arose elsewhere, as it stands on `external-costs.v1`. Its identity is (tenant, source, id); of several
/// with one identity the first counts.
///
/// @param time when the cost arose; fixed by its source
/// @param receivedat when it was accepted
/// @param late it came after the window for events of its hour
@JsonInclude(JsonInclude.Include.NON_NULL)
record ExternalCost(
        String specversion,
        String type,
        String source,
        String id,
        Instant time,
        TenantId tenantid,
        Instant receivedat,
        boolean late,
        Data data) {

    /// The only type that is taken.
    static final String TYPE = "io.weir.cost.external.v1";

    /// @param amountUsd exact, not negative
    record Data(Amount amountUsd, String category, String description, Map<String, String> tags) {}
}
