package io.weir.orchestration.dialect;

import io.weir.money.Quantities;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// What a provider says that a call used, in disjoint buckets.
///
/// @param raw as the provider said it
/// @param unmapped counters above zero that we do not know; such usage must not be priced
/// @param openAi the same in OpenAI's form, for the client
/// @param last false: the answer broke off before its output was counted to the end
public record ReportedUsage(Quantities buckets, JsonNode raw, Set<String> unmapped, JsonNode openAi, boolean last) {}
