package io.weir.snapshots.catalog;

import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.util.List;

/// One hour of one tenant's usage, added up from de-duplicated rows. A later version replaces an earlier one.
///
/// @param hour its start, UTC
/// @param open true where it was sealed before it was over; the last version is not open
/// @param billableCalls client calls whose answer began 2xx
/// @param rows usage rows behind the totals
/// @param hash SHA-256, hexadecimal, over the rows' identities and costs
public record SealedHour(
        TenantId tenantId,
        Instant hour,
        long version,
        boolean open,
        List<Total> totals,
        long billableCalls,
        long rows,
        String hash,
        Instant sealedAt) {

    public SealedHour {
        totals = List.copyOf(totals);
    }

    /// The key of its record.
    public String key() {
        return tenantId + "/" + hour;
    }

    /// @param cost exact, in US dollars
    public record Total(String provider, String model, String priceRuleId, Meter meter, long quantity, Amount cost) {}
}
