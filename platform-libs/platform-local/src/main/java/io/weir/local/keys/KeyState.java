package io.weir.local.keys;

/// One key as it lies there.
///
/// @param owner `tenant`, `gateway` ... for signing keys; the kind otherwise
/// @param current whether it is what is used for new things; the others only check or open old ones
/// @param since ISO 8601 instant of its file
/// @param use what depends on it, in words
public record KeyState(String kind, String owner, String id, boolean current, String since, String use) {}
