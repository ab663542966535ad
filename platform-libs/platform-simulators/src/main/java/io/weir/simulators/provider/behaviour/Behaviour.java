package io.weir.simulators.provider.behaviour;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How one provider behaves. Chunks are counted in generated deltas (one token each); the opening chunk, which carries
/// the role only, is not one of them. Cut and stall apply to streams.
///
/// @param latency time before the first byte of an answer
/// @param chunkDelay time before each generated delta of a stream
/// @param outputTokens length of an answer that no limit shortens; null: by the prompt's task class, seed and prompt
/// @param reasoningTokens tokens thought before an answer; null: by task class, for models that reason
/// @param cachedTokens prompt tokens reported as read from the provider's cache; null: by what was asked before
/// @param cacheWriteTokens prompt tokens reported as written to the provider's cache; null: by what was asked before
/// @param errorRate share of the calls that fail, 0 to 1, drawn by seed in order of arrival
/// @param errorStatus status of those failures, 400 to 599
/// @param requestsPerMinute calls beyond it get 429; null: no limit
/// @param seed decides which calls fail and what is answered
/// @param cutAfterChunks the connection is dropped after so many deltas
/// @param stallAfterChunks nothing more is sent after so many deltas, the connection stays open
/// @param usageMissing answers carry no usage
/// @param limitIgnored answers run past the limit that was asked for
public record Behaviour(
        Duration latency,
        Duration chunkDelay,
        @Nullable Integer outputTokens,
        @Nullable Integer reasoningTokens,
        @Nullable Integer cachedTokens,
        @Nullable Integer cacheWriteTokens,
        double errorRate,
        int errorStatus,
        @Nullable Integer requestsPerMinute,
        long seed,
        @Nullable Integer cutAfterChunks,
        @Nullable Integer stallAfterChunks,
        boolean usageMissing,
        boolean limitIgnored) {

    /// Prompt, friendly, without limits.
    public static final Behaviour DEFAULT = new Behaviour(
            Duration.ZERO, Duration.ZERO, null, null, null, null, 0, 500, null, 0, null, null, false, false);
}
