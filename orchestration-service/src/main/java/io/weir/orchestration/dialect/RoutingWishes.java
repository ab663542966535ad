package io.weir.orchestration.dialect;

import io.weir.snapshots.catalog.TenantSettings.Sort;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a request says of who may serve it: its `provider` object, and `models`. Providers stand as `openai` or, with
/// one model, as `openai/gpt-4o`.
///
/// @param order providers that come before all others
/// @param only providers besides which none may serve; empty: any may
/// @param ignore providers that must not serve
/// @param sort what decides between equals; null: nothing is said
/// @param maxPrice null: any price
/// @param requireParameters whether only those may serve that can do all that is asked
/// @param allowFallbacks whether others may be tried after the first
/// @param models that may serve, each after those before it; empty: the request's `model` alone
/// @param regions outside which none may serve; empty: anywhere
public record RoutingWishes(
        List<String> order,
        List<String> only,
        List<String> ignore,
        @Nullable Sort sort,
        @Nullable MaxPrice maxPrice,
        boolean requireParameters,
        boolean allowFallbacks,
        List<String> models,
        List<String> regions) {

    /// Nothing is said.
    public static final RoutingWishes NONE =
            new RoutingWishes(List.of(), List.of(), List.of(), null, null, false, true, List.of(), List.of());

    public RoutingWishes {
        order = List.copyOf(order);
        only = List.copyOf(only);
        ignore = List.copyOf(ignore);
        models = List.copyOf(models);
        regions = List.copyOf(regions);
    }

    /// The highest prices in US dollars; null: any.
    ///
    /// @param prompt per million tokens
    /// @param completion per million tokens
    /// @param request the fee for each request
    public record MaxPrice(
            @Nullable BigDecimal prompt,
            @Nullable BigDecimal completion,
            @Nullable BigDecimal request) {}
}
