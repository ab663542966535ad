package io.weir.orchestration.inference;

import io.weir.ledger.Attempt.UsageSource;
import io.weir.money.Quantities;
import io.weir.orchestration.dialect.ReportedUsage;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What an attempt used and how we know.
///
/// @param openAi in OpenAI's form, for the client; null: we counted ourselves
/// @param complete false: the provider counted something that we have no name for, so that it cannot be priced
public record Usage(
        Quantities buckets,
        @Nullable JsonNode raw,
        @Nullable JsonNode openAi,
        UsageSource source,
        boolean complete) {

    /// As the provider says.
    public static Usage reported(ReportedUsage usage) {
        return new Usage(
                usage.buckets(),
                usage.raw(),
                usage.openAi(),
                UsageSource.PROVIDER,
                usage.unmapped().isEmpty());
    }

    /// As we counted.
    public static Usage measured(Quantities buckets) {
        return new Usage(buckets, null, null, UsageSource.MEASURED, true);
    }
}
