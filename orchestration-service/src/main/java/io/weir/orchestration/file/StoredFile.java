package io.weir.orchestration.file;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.Locale;

/// A file as its tenant sees it.
///
/// @param sha256 of its content, in hexadecimal
public record StoredFile(FileId id, Purpose purpose, String filename, long bytes, String sha256, Instant createdAt) {

    /// What it is for.
    public enum Purpose {
        /// The requests of a batch, uploaded.
        BATCH,
        /// What a batch answered.
        BATCH_OUTPUT;

        @JsonValue
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Purpose of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }
}
