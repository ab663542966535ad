package io.weir.billing.allocation;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Which rows are spread how. Of several rules the first that covers a row holds.
///
/// @param name shown with every amount that it spreads
/// @param service of the rows; null: any
/// @param resourcePrefix of the rows' resources; null: any
/// @param tag that the rows have; null: none is asked for
public record Rule(
        String name,
        @Nullable String service,
        @Nullable String resourcePrefix,
        @Nullable String tag,
        Method method) {

    boolean covers(BillRow row) {
        List<Predicate<BillRow>> conditions = List.of(
                one -> service == null || service.equals(one.service()),
                one -> resourcePrefix == null || one.resource().startsWith(resourcePrefix),
                one -> tag == null || one.tags().containsKey(tag));
        return conditions.stream().allMatch(condition -> condition.test(row));
    }
}
