package io.weir.billing.pricebook;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.weir.billing.pricebook.BookVersion.Status;
import io.weir.billing.pricebook.Comparison.Change;
import io.weir.billing.pricebook.Comparison.Priced;
import io.weir.billing.pricebook.PriceBooks.Shown;
import io.weir.tenancy.TenantId;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A version of a price book as operators see it.
///
/// @param tenantId the tenant whose book it is; absent: the platform's
/// @param comparedWith the version that was in force when it came; absent: there was none
/// @param comparison absent in lists
/// @param passedOver what the imported file says and no meter stands for; absent where there is nothing
@JsonInclude(JsonInclude.Include.NON_EMPTY)
record VersionView(
        String id,
        long version,
        Status status,
        boolean quarantined,
        @Nullable TenantId tenantId,
        @Nullable String parent,
        String source,
        LocalDate observedAt,
        int models,
        int rules,
        @Nullable Instant importedAt,
        @Nullable String importedBy,
        @Nullable Instant approvedAt,
        @Nullable String decidedBy,
        @Nullable Long comparedWith,
        @Nullable ComparisonView comparison,
        List<String> passedOver) {

    /// @param changed large changes first
    record ComparisonView(List<ChangeView> changed, List<Priced> added, List<Priced> removed) {}

    /// @param large by more than a fifth
    /// @param times absent where a slip of a unit is no explanation
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ChangeView(
            Priced price,
            Instant from,
            String before,
            String after,
            @Nullable BigDecimal percent,
            @Nullable String times,
            boolean large) {

        static ChangeView of(Change change) {
            return new ChangeView(
                    change.price(),
                    change.from(),
                    change.before().toPlainString(),
                    change.after().toPlainString(),
                    change.percent(),
                    change.times(),
                    change.large());
        }
    }

    static VersionView of(BookVersion version) {
        return of(version, null, List.of());
    }

    static VersionView of(Shown shown, List<String> passedOver) {
        Comparison comparison = shown.comparison();
        List<ChangeView> changed = comparison.changed().stream()
                .sorted((one, other) -> Boolean.compare(other.large(), one.large()))
                .map(ChangeView::of)
                .toList();
        return of(shown.version(), new ComparisonView(changed, comparison.added(), comparison.removed()), passedOver);
    }

    private static VersionView of(BookVersion version, @Nullable ComparisonView comparison, List<String> passedOver) {
        return new VersionView(
                version.content().id(),
                version.content().version(),
                version.status(),
                version.quarantined(),
                version.content().tenantId(),
                version.parent(),
                version.content().source(),
                version.content().observedAt(),
                version.content().models().size(),
                version.content().rules().size(),
                version.importedAt(),
                version.importedBy(),
                version.approvedAt(),
                version.decidedBy(),
                version.base(),
                comparison,
                passedOver);
    }
}
