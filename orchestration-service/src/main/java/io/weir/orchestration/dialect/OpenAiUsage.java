package io.weir.orchestration.dialect;

import io.weir.money.Meter;
import io.weir.money.Quantities;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// OpenAI's usage as disjoint buckets, of chat, responses and embeddings, and as its imitators report it: the
/// prompt's count includes what was cached, read or written; the answer's includes reasoning, except where the
/// total says that it stands apart.
public final class OpenAiUsage {

    private static final Map<String, Meter> PROMPT_DETAILS = Map.of(
            "cached_tokens", Meter.TEXT_IN_CACHED,
            "cache_write_tokens", Meter.CACHE_WRITE_5M,
            "cache_creation_tokens", Meter.CACHE_WRITE_5M,
            "audio_tokens", Meter.AUDIO_IN,
            "image_tokens", Meter.IMAGE_IN);
    private static final Map<String, Meter> ANSWER_DETAILS = Map.of(
            "reasoning_tokens", Meter.REASONING_OUT,
            "audio_tokens", Meter.AUDIO_OUT,
            "image_tokens", Meter.IMAGE_OUT);

    private static final Set<Meter> OVERLAPPING = Set.of(Meter.TEXT_IN_CACHED, Meter.AUDIO_IN);

    // Parts of the text tokens, billed as such; or, of what was cached, looked at apart.
    private static final Set<String> TEXT_DETAILS =
            Set.of("text_tokens", "accepted_prediction_tokens", "rejected_prediction_tokens", "cached_tokens_details");

    // Sums, names of the same count elsewhere, money and seconds: nothing that is billed by itself.
    private static final Set<String> KNOWN = Set.of(
            "total_tokens",
            "cached_tokens",
            "prompt_cache_hit_tokens",
            "prompt_cache_miss_tokens",
            "cost",
            "cost_details",
            "queue_time",
            "prompt_time",
            "completion_time",
            "total_time");

    private final JsonNode usage;
    private final Form form;
    private final UsageSheet sheet;

    private OpenAiUsage(JsonNode usage, Form form) {
        this.usage = usage;
        this.form = form;
        this.sheet = new UsageSheet(usage);
    }

    /// How a route of OpenAI's names the counts.
    private enum Form {
        CHAT("prompt_tokens", "completion_tokens"),
        RESPONSES("input_tokens", "output_tokens");

        private final String prompt;
        private final String answer;

        Form(String prompt, String answer) {
            this.prompt = prompt;
            this.answer = answer;
        }

        boolean has(String field) {
            return field.equals(prompt)
                    || field.equals(answer)
                    || field.equals(prompt + "_details")
                    || field.equals(answer + "_details");
        }
    }

    /// Empty when it is no usage. In the standard tier, for the tier stands beside the usage.
    public static Optional<ReportedUsage> read(JsonNode usage) {
        if (usage.has(Form.CHAT.prompt)) {
            return Optional.of(new OpenAiUsage(usage, Form.CHAT).read());
        }
        return usage.has(Form.RESPONSES.prompt)
                ? Optional.of(new OpenAiUsage(usage, Form.RESPONSES).read())
                : Optional.empty();
    }

    /// The tier as prices name it, of an answer's `service_tier`. A tier that is not known stays, and has no
    /// price.
    public static String tier(String served) {
        String name = served.toLowerCase(Locale.ROOT);
        return switch (name) {
            case "", "default", "auto" -> ReportedUsage.STANDARD;
            default -> name;
        };
    }

    private ReportedUsage read() {
        long prompt = sheet.count(usage, form.prompt);
        long answer = sheet.count(usage, form.answer);
        JsonNode promptDetails = usage.path(form.prompt + "_details");
        JsonNode answerDetails = usage.path(form.answer + "_details");
        long apart = reasoningApart(prompt, answer, answerDetails);

        long both = cachedSound(promptDetails);
        long other = split(form.prompt + "_details.", promptDetails, PROMPT_DETAILS, both) - both;
        sheet.add(Meter.TEXT_IN, prompt - other - cachedElsewhere());
        long thought = split(form.answer + "_details.", answerDetails, ANSWER_DETAILS, 0);
        sheet.add(Meter.TEXT_OUT, answer + apart - thought);
        sheet.add(Meter.SEARCH_CALL, sheet.count(usage, "num_search_queries"));
        for (String field : usage.propertyNames()) {
            if (!form.has(field) && !KNOWN.contains(field) && !field.equals("num_search_queries")) {
                sheet.unknown(field, usage.path(field));
            }
        }
        return sheet.read(ReportedUsage.STANDARD, this::openAi, true);
    }

    // Most count reasoning within the answer; of those that do not, the total tells.
    private long reasoningApart(long prompt, long answer, JsonNode answerDetails) {
        if (!usage.has("total_tokens")) {
            return 0;
        }
        long total = sheet.count(usage, "total_tokens");
        long reasoning = sheet.count(answerDetails, "reasoning_tokens");
        if (total == prompt + answer) {
            return 0;
        }
        if (total != prompt + answer + reasoning) {
            sheet.doubt("total_tokens is " + total + ", its parts are " + (prompt + answer));
        }
        return reasoning;
    }

    /// Takes down what is no text, known or not.
    ///
    /// @param both tokens that are cached and sound, and in no bucket
    private long split(String place, JsonNode details, Map<String, Meter> meters, long both) {
        long apart = 0;
        for (String name : details.propertyNames()) {
            Meter meter = meters.get(name);
            if (meter != null) {
                long count = sheet.count(details, name);
                sheet.add(meter, OVERLAPPING.contains(meter) ? count - both : count);
                apart += count;
            } else if (!TEXT_DETAILS.contains(name)) {
                apart += sheet.unknown(place + name, details.path(name));
            } else if (!details.path(name).isContainer()) {
                sheet.count(details, name);
            }
        }
        return apart;
    }

    // DeepSeek and Moonshot name what was cached beside the prompt's count, which includes it.
    private long cachedElsewhere() {
        if (usage.path(form.prompt + "_details").has("cached_tokens")) {
            return 0;
        }
        long cached = Math.max(sheet.count(usage, "prompt_cache_hit_tokens"), sheet.count(usage, "cached_tokens"));
        sheet.add(Meter.TEXT_IN_CACHED, cached);
        return cached;
    }

    // Cached sound has a price of its own, which no book here has. It is counted as cached and as sound.
    private long cachedSound(JsonNode promptDetails) {
        JsonNode cached = promptDetails.path("cached_tokens_details");
        long sound = sheet.count(cached, "audio_tokens");
        sheet.unknown(form.prompt + "_details.cached_tokens_details.audio_tokens", sound);
        return sound;
    }

    private JsonNode openAi(Quantities buckets) {
        return form == Form.CHAT ? usage : UsageForm.of(buckets, buckets.of(Meter.REASONING_OUT));
    }
}
