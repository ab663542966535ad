package io.weir.billing.reconciliation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.weir.billing.rating.ExactAmount;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What one stage has otherwise than the one before it.
///
/// @param at the stage at which it shows
/// @param key what it is about: an event, an hour of a model, or a line
/// @param expected what the stage before says it is worth; null: it does not know it
/// @param found what this stage says, all of it together where it is there more than once; null: it is not there
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Difference(
        Kind kind,
        Stage at,
        String key,
        @Nullable ExactAmount expected,
        @Nullable ExactAmount found) {

    /// How a difference came about, as far as the books show it.
    public enum Kind {
        /// It is not there.
        LOST,
        /// It is there more than once.
        DOUBLED,
        /// It is worth something else.
        ALTERED,
        /// It came when its hour was sealed.
        LATE,
        /// It is there, and the stage before knows nothing of it.
        UNKNOWN;

        /// The word used on the wire.
        @JsonValue
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
