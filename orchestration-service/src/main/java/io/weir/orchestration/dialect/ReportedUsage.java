package io.weir.orchestration.dialect;

import io.weir.money.Quantities;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What a provider says that a call used, in disjoint buckets.
///
/// @param raw as the provider said it
/// @param unmapped counters above zero that have no meter here, by their place, with what they count; the buckets
///     do not have it, and such usage must not be priced
/// @param openAi the same in OpenAI's form, for the client; null where it cannot be believed
/// @param last false: the answer broke off before its output was counted to the end
/// @param tier the service tier that it was served in, as prices name it
/// @param doubt why it cannot be believed, so that there are no buckets; null: it can
public record ReportedUsage(
        Quantities buckets,
        JsonNode raw,
        Map<String, Long> unmapped,
        @Nullable JsonNode openAi,
        boolean last,
        String tier,
        @Nullable String doubt) {

    /// What prices call the tier of a call that asked for none.
    public static final String STANDARD = "standard";

    public ReportedUsage {
        unmapped = Collections.unmodifiableMap(new TreeMap<>(unmapped));
    }

    /// Something was said that cannot be.
    static ReportedUsage doubted(JsonNode raw, String why) {
        return new ReportedUsage(Quantities.NONE, raw, Map.of(), null, true, STANDARD, why);
    }

    public boolean isCredible() {
        return doubt == null;
    }

    /// The same, as served in another tier.
    public ReportedUsage in(String served) {
        return new ReportedUsage(buckets, raw, unmapped, openAi, last, served, doubt);
    }

    /// The same, unless a meter has more than the model can ever take or give.
    public ReportedUsage within(long most) {
        return buckets.byMeter().entrySet().stream()
                .filter(used -> used.getValue() > most)
                .findFirst()
                .map(used -> doubted(
                        raw, used.getKey().wireName() + " is " + used.getValue() + ", more than " + most + " can be"))
                .orElse(this);
    }
}
