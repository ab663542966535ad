package io.weir.orchestration.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.money.Meter;
import io.weir.money.Quantities;
import io.weir.orchestration.dialect.anthropic.AnthropicDialect;
import io.weir.orchestration.dialect.gemini.GeminiDialect;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class UsagePropertyTests {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final AnswerIdentity IDENTITY = new AnswerIdentity("id", "model", 7);

    @Property
    void whatAnthropicCountsIsInOneBucketEach(
            @ForAll @IntRange(max = 1_000_000) int fresh,
            @ForAll @IntRange(max = 1_000_000) int read,
            @ForAll @IntRange(max = 1_000_000) int minutes,
            @ForAll @IntRange(max = 1_000_000) int hour,
            @ForAll @IntRange(max = 1_000_000) int out) {
        ObjectNode answer = JSON.createObjectNode().put("type", "message");
        answer.putArray("content");
        ObjectNode usage = answer.putObject("usage");
        usage.put("input_tokens", fresh).put("output_tokens", out).put("cache_read_input_tokens", read);
        usage.put("cache_creation_input_tokens", minutes + hour);
        usage.putObject("cache_creation")
                .put("ephemeral_5m_input_tokens", minutes)
                .put("ephemeral_1h_input_tokens", hour);

        ReportedUsage told = read(new AnthropicDialect(), answer);
        assertThat(told.buckets().input()).isEqualTo((long) fresh + read + minutes + hour);
        assertThat(told.buckets().output()).isEqualTo(out);
        assertThat(told.buckets().of(Meter.CACHE_WRITE_1H)).isEqualTo(hour);
        assertThat(told.unmapped()).isEmpty();
        clientSeesTheSame(told);
    }

    @Property
    void whatGeminiCountsIsInOneBucketEach(
            @ForAll @IntRange(max = 1_000_000) int fresh,
            @ForAll @IntRange(max = 1_000_000) int cached,
            @ForAll @IntRange(max = 1_000_000) int tools,
            @ForAll @IntRange(max = 1_000_000) int thoughts,
            @ForAll @IntRange(max = 1_000_000) int out) {
        ObjectNode answer = JSON.createObjectNode();
        answer.putArray("candidates").addObject();
        long total = (long) fresh + cached + tools + thoughts + out;
        answer.putObject("usageMetadata")
                .put("promptTokenCount", fresh + cached)
                .put("cachedContentTokenCount", cached)
                .put("toolUsePromptTokenCount", tools)
                .put("thoughtsTokenCount", thoughts)
                .put("candidatesTokenCount", out)
                .put("totalTokenCount", total);

        ReportedUsage told = read(new GeminiDialect(), answer);
        assertThat(told.buckets().input() + told.buckets().output()).isEqualTo(total);
        assertThat(told.buckets().of(Meter.REASONING_OUT)).isEqualTo(thoughts);
        assertThat(told.unmapped()).isEmpty();
        clientSeesTheSame(told);
    }

    @Property
    void aTotalBelowItsPartsIsNeverBelieved(
            @ForAll @IntRange(min = 1, max = 1_000) int prompt, @ForAll @IntRange(min = 1, max = 1_000) int missing) {
        ObjectNode answer = JSON.createObjectNode();
        answer.putArray("candidates").addObject();
        answer.putObject("usageMetadata")
                .put("promptTokenCount", prompt)
                .put("totalTokenCount", Math.max(0, prompt - missing));
        assertThat(new GeminiDialect()
                        .answer(JSON.writeValueAsBytes(answer), IDENTITY)
                        .orElseThrow()
                        .usage()
                        .orElseThrow()
                        .isCredible())
                .isFalse();
    }

    private static ReportedUsage read(ProviderDialect dialect, ObjectNode answer) {
        return dialect.answer(JSON.writeValueAsBytes(answer), IDENTITY)
                .orElseThrow()
                .usage()
                .orElseThrow();
    }

    // What the client is told adds up to the same, read as any of OpenAI's usage is.
    private static void clientSeesTheSame(ReportedUsage told) {
        Quantities seen = OpenAiUsage.read(Objects.requireNonNull(told.openAi()))
                .orElseThrow()
                .buckets();
        assertThat(seen.input()).isEqualTo(told.buckets().input());
        assertThat(seen.output()).isEqualTo(told.buckets().output());
        assertThat(seen.of(Meter.TEXT_IN_CACHED)).isEqualTo(told.buckets().of(Meter.TEXT_IN_CACHED));
    }
}
