package io.weir.orchestration.budget.lease;

import io.weir.money.Amount;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What a budget's definition says of a window.
///
/// @param limit as the definition of that version says
/// @param from the window's begin
/// @param to its end; null: it never ends
public record Terms(
        Amount limit, long version, Instant from, @Nullable Instant to) {}
