package io.weir.local.prove.load;

import org.jspecify.annotations.Nullable;

/// A tenant that calls.
///
/// @param cap of a month, in US dollars; null: none
/// @param share of the calls, relative to the others'
public record Customer(
        String slug, String tenantId, String key, @Nullable String cap, int share) {}
