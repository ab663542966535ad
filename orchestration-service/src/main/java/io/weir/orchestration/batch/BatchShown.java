package io.weir.orchestration.batch;

import io.weir.orchestration.batch.Batch.Status;
import io.weir.orchestration.batch.Batch.Times;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A batch as OpenAI shows it.
record BatchShown(
        String id,
        String object,
        String endpoint,
        @Nullable Errors errors,
        String input_file_id,
        String completion_window,
        String status,
        @Nullable String output_file_id,
        @Nullable String error_file_id,
        long created_at,
        @Nullable Long in_progress_at,
        long expires_at,
        @Nullable Long finalizing_at,
        @Nullable Long completed_at,
        @Nullable Long failed_at,
        @Nullable Long expired_at,
        @Nullable Long cancelling_at,
        @Nullable Long cancelled_at,
        Counts request_counts,
        @Nullable JsonNode metadata) {

    private static final JsonMapper JSON = JsonMapper.shared();

    /// Why the file was not accepted.
    record Errors(String object, JsonNode data) {}

    /// How far it is.
    record Counts(int total, int completed, int failed) {}

    static BatchShown of(Batch batch) {
        Times times = batch.times();
        String errors = batch.errors();
        String metadata = batch.metadata();
        boolean over = times.ended() != null;
        return new BatchShown(
                batch.id().toString(),
                "batch",
                batch.endpoint(),
                errors == null ? null : new Errors("list", JSON.readTree(errors)),
                batch.input().toString(),
                "24h",
                batch.status().name().toLowerCase(Locale.ROOT),
                over && batch.completed() > 0 ? batch.output().toString() : null,
                over && batch.failed() > 0 ? batch.errorFile().toString() : null,
                times.created().getEpochSecond(),
                seconds(times.inProgress()),
                times.expires().getEpochSecond(),
                seconds(times.finalizing()),
                ended(batch, Status.COMPLETED),
                ended(batch, Status.FAILED),
                ended(batch, Status.EXPIRED),
                seconds(times.cancelling()),
                ended(batch, Status.CANCELLED),
                new Counts(batch.lines(), batch.completed(), batch.failed()),
                metadata == null ? null : JSON.readTree(metadata));
    }

    private static @Nullable Long ended(Batch batch, Status how) {
        return batch.status() == how ? seconds(batch.times().ended()) : null;
    }

    private static @Nullable Long seconds(@Nullable Instant at) {
        return at == null ? null : at.getEpochSecond();
    }
}
