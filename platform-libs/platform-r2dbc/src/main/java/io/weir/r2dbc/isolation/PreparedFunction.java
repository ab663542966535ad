package io.weir.r2dbc.isolation;

/// A function of the schema `tenant` as the preparation makes it.
///
/// @param definer runs with its owner's rights
/// @param pinned finds names in the system's catalogue only
public record PreparedFunction(String name, String body, boolean definer, boolean pinned) {}
