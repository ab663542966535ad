package io.weir.orchestration.inference;

import io.weir.ledger.Attempt.UsageSource;
import io.weir.money.Quantities;
import io.weir.orchestration.dialect.OpenAiUsage;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What an attempt used and how we know.
///
/// @param complete false: the provider counted something that we have no name for, so that it cannot be priced
record Usage(Quantities buckets, @Nullable JsonNode raw, UsageSource source, boolean complete) {

    static Usage reported(OpenAiUsage usage) {
        return new Usage(
                usage.buckets(),
                usage.raw(),
                UsageSource.PROVIDER,
                usage.unmapped().isEmpty());
    }

    static Usage measured(Quantities buckets) {
        return new Usage(buckets, null, UsageSource.MEASURED, true);
    }
}
