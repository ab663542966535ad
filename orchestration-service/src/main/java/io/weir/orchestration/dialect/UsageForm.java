package io.weir.orchestration.dialect;

import io.weir.money.Meter;
import io.weir.money.Quantities;
import tools.jackson.databind.node.ObjectNode;

/// Any provider's usage as OpenAI would report it: the prompt with what was cached, the completion with its reasoning.
public final class UsageForm {

    private UsageForm() {}

    /// @param reasoning tokens of the output that were thoughts, whichever meter they are in
    public static ObjectNode of(Quantities buckets, long reasoning) {
        ObjectNode usage = WireJson.object();
        usage.put("prompt_tokens", buckets.input());
        usage.put("completion_tokens", buckets.output());
        usage.put("total_tokens", buckets.input() + buckets.output());
        ObjectNode prompt = usage.putObject("prompt_tokens_details");
        prompt.put("cached_tokens", buckets.of(Meter.TEXT_IN_CACHED));
        long written = buckets.of(Meter.CACHE_WRITE_5M) + buckets.of(Meter.CACHE_WRITE_1H);
        if (written > 0) {
            prompt.put("cache_write_tokens", written);
        }
        prompt.put("audio_tokens", buckets.of(Meter.AUDIO_IN));
        ObjectNode completion = usage.putObject("completion_tokens_details");
        completion.put("reasoning_tokens", reasoning);
        completion.put("audio_tokens", buckets.of(Meter.AUDIO_OUT));
        return usage;
    }
}
