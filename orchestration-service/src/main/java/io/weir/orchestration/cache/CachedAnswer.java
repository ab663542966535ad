package io.weir.orchestration.cache;

import io.weir.money.Amount;
import java.time.Instant;
import tools.jackson.databind.json.JsonMapper;

/// An answer that may be given again, and what it was worth.
///
/// @param completion a whole chat completion in OpenAI's form
/// @param provider who gave it
/// @param routeReason why that one
/// @param cost what it cost
/// @param baselineCost what its usage would have cost at the baseline
/// @param at when it was given
/// @param until when it is given no more
public record CachedAnswer(
        byte[] completion,
        String provider,
        String model,
        String routeReason,
        Amount cost,
        String baselineModel,
        Amount baselineCost,
        Instant at,
        Instant until) {

    private static final JsonMapper JSON = JsonMapper.shared();

    static CachedAnswer read(byte[] json) {
        return JSON.readValue(json, CachedAnswer.class);
    }

    byte[] written() {
        return JSON.writeValueAsBytes(this);
    }

    int weight() {
        return completion.length + 512;
    }

    @Override
    public String toString() {
        return "CachedAnswer[" + model + ", " + completion.length + " bytes, " + at + "]";
    }
}
