package io.weir.orchestration.inference;

import io.weir.ledger.Attempt.Unpriced;
import io.weir.ledger.Attempt.Unpriced.Reason;
import io.weir.ledger.Attempt.UsageSource;
import io.weir.money.Quantities;
import io.weir.orchestration.dialect.ReportedUsage;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What an attempt used and how we know.
///
/// @param raw what the provider said, also where it was not believed; null: it said nothing
/// @param openAi in OpenAI's form, for the client; null: we counted ourselves
/// @param tier the service tier, as prices name it
/// @param unpriced why it must not be priced; null: it may be
public record Usage(
        Quantities buckets,
        @Nullable JsonNode raw,
        @Nullable JsonNode openAi,
        UsageSource source,
        String tier,
        @Nullable Unpriced unpriced) {

    /// As the provider says.
    public static Usage reported(ReportedUsage usage) {
        return new Usage(
                usage.buckets(), usage.raw(), usage.openAi(), UsageSource.PROVIDER, usage.tier(), unpriced(usage));
    }

    /// As we counted, for the provider said nothing.
    public static Usage measured(Quantities buckets) {
        return new Usage(buckets, null, null, UsageSource.MEASURED, ReportedUsage.STANDARD, null);
    }

    /// As we counted, for what the provider says cannot be. It is kept, and nobody is charged until somebody
    /// looked.
    public static Usage insteadOf(ReportedUsage doubted, Quantities buckets) {
        return new Usage(buckets, doubted.raw(), null, UsageSource.MEASURED, doubted.tier(), unpriced(doubted));
    }

    /// As the provider began to say, and we counted on.
    static Usage completed(ReportedUsage begun, Quantities buckets) {
        return new Usage(buckets, begun.raw(), null, UsageSource.MEASURED, begun.tier(), unpriced(begun));
    }

    private static @Nullable Unpriced unpriced(ReportedUsage usage) {
        if (!usage.isCredible()) {
            return new Unpriced(Reason.NOT_CREDIBLE, Map.of());
        }
        return usage.unmapped().isEmpty() ? null : new Unpriced(Reason.UNKNOWN_METER, usage.unmapped());
    }
}
