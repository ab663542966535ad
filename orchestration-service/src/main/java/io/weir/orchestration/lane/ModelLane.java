package io.weir.orchestration.lane;

/// The lane of one model on one account.
///
/// @param limited whether the account's own limits are set, so that none are learned
record ModelLane(Lane lane, AdaptiveLimit slots, boolean limited) {}
