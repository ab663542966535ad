package io.weir.billing.pricebook;

import com.fasterxml.jackson.annotation.JsonValue;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One version of a price book as it is stored.
///
/// @param content under its number
/// @param base the version in force that it was compared with; null: there was none
/// @param quarantined a price changes by more than a fifth, which its approval must accept
/// @param importedBy null: it came with the program
/// @param decidedBy who approved or rejected it; null: nobody yet, or the program
record BookVersion(
        PriceBookSnapshot content,
        Status status,
        @Nullable String parent,
        @Nullable Long base,
        boolean quarantined,
        @Nullable Instant importedAt,
        @Nullable String importedBy,
        @Nullable Instant approvedAt,
        @Nullable String decidedBy) {

    /// How far a version has come. One version of a book at a time is approved.
    enum Status {
        DRAFT,
        APPROVED,
        RETIRED,
        REJECTED;

        static Status of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }

        @JsonValue
        String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
