package io.weir.orchestration.lane;

/// What a call needs of what all share: room at providers, in this process, and within its tenant's
/// tokens per minute.
public record FairUse(Lanes lanes, Occupancy occupancy, TenantTokens tokens) {}
