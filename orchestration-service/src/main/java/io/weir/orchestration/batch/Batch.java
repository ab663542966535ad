package io.weir.orchestration.batch;

import io.weir.orchestration.budget.Tags;
import io.weir.orchestration.file.FileId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A batch as it is now.
///
/// @param endpoint the path of its calls
/// @param keyId of the API key that it was made with
/// @param subject who made it, as the passport said
/// @param tags as the header has them
/// @param fillsCache whether its answers are kept to be given again
/// @param metadata JSON, as the client sent it; null: none
/// @param errors JSON, why its file is not accepted; null: it is, or was not looked at yet
/// @param lines that its file has; 0 until it was looked at
/// @param completed of them with an answer
/// @param failed of them with an error
record Batch(
        BatchId id,
        Status status,
        @Nullable String ending,
        String endpoint,
        FileId input,
        String keyId,
        String subject,
        String tags,
        boolean fillsCache,
        @Nullable String metadata,
        @Nullable String errors,
        int lines,
        int completed,
        int failed,
        FileId output,
        FileId errorFile,
        Times times) {

    /// When what happened; null: it did not.
    ///
    /// @param ended whatever the end was
    record Times(
            Instant created,
            Instant expires,
            @Nullable Instant inProgress,
            @Nullable Instant finalizing,
            @Nullable Instant cancelling,
            @Nullable Instant ended) {}

    /// As OpenAI names them.
    enum Status {
        VALIDATING,
        FAILED,
        IN_PROGRESS,
        FINALIZING,
        COMPLETED,
        EXPIRED,
        CANCELLING,
        CANCELLED;

        boolean isOver() {
            return this == FAILED || this == COMPLETED || this == EXPIRED || this == CANCELLED;
        }
    }

    Tags asTags() {
        return tags.isEmpty() ? Tags.NONE : Tags.read(List.of(tags));
    }
}
