package io.weir.proof.storm;

import java.time.Duration;

/// How hard a storm blows.
///
/// @param workers calls at once
/// @param seed of who calls when, what, and who is cancelled
public record Weather(Duration lasting, int workers, long seed) {}
