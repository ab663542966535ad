package io.weir.r2dbc.isolation;

/// A function of the schema `tenant` as the preparation makes it.
///
/// @param definer runs with its owner's rights
/// @param volatility as the catalogue has it: `i`, `s` or `v`. One that is taken for a constant would be answered
///     once for all tenants that share a plan
/// @param pinned finds names in the system's catalogue only
public record PreparedFunction(String name, String body, String volatility, boolean definer, boolean pinned) {}
