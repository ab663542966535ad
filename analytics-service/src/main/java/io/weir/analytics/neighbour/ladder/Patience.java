package io.weir.analytics.neighbour.ladder;

import java.time.Duration;

/// How long things must be so before something is done.
///
/// @param automatic false: what would be done is said and not done
/// @param window length of what is measured; for as long after a step, its effect cannot show
/// @param step from one window to the next
/// @param escalateAfter windows in which a tenant is noisy before it is held back further, at least 1
/// @param calmAfter windows in a row in which it is not before it is held back less, at least 1; twice, four and
///     eight times as many after relapses
/// @param lasts how long a stage lasts unless it is renewed
public record Patience(
        boolean automatic, Duration window, Duration step, int escalateAfter, int calmAfter, Duration lasts) {}
