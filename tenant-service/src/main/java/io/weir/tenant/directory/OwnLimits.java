package io.weir.tenant.directory;

import io.weir.snapshots.catalog.TenantSettings;
import io.weir.tenant.settings.Cascade;
import java.math.BigDecimal;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The limits that stand in place of a plan's: those only, for the plan's own follow its terms, which change by date.
final class OwnLimits {

    private OwnLimits() {}

    /// Null where the tenant has none.
    static TenantSettings.@Nullable Limits of(Cascade cascade) {
        TenantSettings.Limits limits = new TenantSettings.Limits(
                decimal(cascade, "requestsPerSecond"),
                whole(cascade, "requestsPerHour"),
                whole(cascade, "requestsPerDay"),
                whole(cascade, "callsPerDay"),
                whole(cascade, "callsPerMonth"),
                whole(cascade, "tokensPerMinute"),
                whole(cascade, "tokensPerMonth"),
                small(cascade, "maxConcurrency"),
                whole(cascade, "documents"),
                whole(cascade, "storageMb"),
                small(cascade, "databaseConnections"),
                small(cascade, "statementTimeoutMs"));
        return isEmpty(limits) ? null : limits;
    }

    private static boolean isEmpty(TenantSettings.Limits limits) {
        return Stream.of(
                        limits.requestsPerSecond(),
                        limits.requestsPerHour(),
                        limits.requestsPerDay(),
                        limits.callsPerDay(),
                        limits.callsPerMonth(),
                        limits.tokensPerMinute(),
                        limits.tokensPerMonth(),
                        limits.maxConcurrency(),
                        limits.documents(),
                        limits.storageMb(),
                        limits.databaseConnections(),
                        limits.statementTimeoutMs())
                .allMatch(Objects::isNull);
    }

    private static @Nullable JsonNode own(Cascade cascade, String name) {
        return cascade.at("limits." + name)
                .filter(limit -> limit.source().equals("tenant"))
                .map(Cascade.Effective::value)
                .orElse(null);
    }

    private static @Nullable BigDecimal decimal(Cascade cascade, String name) {
        JsonNode value = own(cascade, name);
        return value == null ? null : value.decimalValue();
    }

    private static @Nullable Long whole(Cascade cascade, String name) {
        JsonNode value = own(cascade, name);
        return value == null ? null : value.longValue();
    }

    private static @Nullable Integer small(Cascade cascade, String name) {
        JsonNode value = own(cascade, name);
        return value == null ? null : (int) Math.min(value.longValue(), Integer.MAX_VALUE);
    }
}
