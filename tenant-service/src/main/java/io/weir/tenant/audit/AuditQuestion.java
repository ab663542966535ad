package io.weir.tenant.audit;

import io.weir.tenant.request.Texts;
import io.weir.tenant.request.Violations;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;

/// Which records somebody asks for.
///
/// @param after the number of the last record seen; 0: from the beginning
/// @param action exactly this, or what begins with it and a dot; null: any
/// @param from the earliest; null: no limit
/// @param to before this instant; null: no limit
public record AuditQuestion(
        long after,
        int limit,
        @Nullable String action,
        @Nullable String actor,
        @Nullable Instant from,
        @Nullable Instant to) {

    static final int HIGHEST_LIMIT = 1_000;
    private static final int DEFAULT_LIMIT = 100;
    private static final int LONGEST = 256;

    /// Throws a 400 that names every parameter at fault.
    public static AuditQuestion of(MultiValueMap<String, String> parameters) {
        Violations violations = new Violations();
        Reader reader = new Reader(parameters, violations);
        AuditQuestion question = new AuditQuestion(
                reader.one("after", text -> number(text, 0, Long.MAX_VALUE)).orElse(0L),
                reader.one("limit", text -> number(text, 1, HIGHEST_LIMIT))
                        .map(Long::intValue)
                        .orElse(DEFAULT_LIMIT),
                reader.one("action", AuditQuestion::action).orElse(null),
                reader.one("actor", AuditQuestion::text).orElse(null),
                reader.one("from", Texts::instant).orElse(null),
                reader.one("to", Texts::instant).orElse(null));
        violations.refuseIfAny();
        return question;
    }

    AuditQuestion after(long seq) {
        return new AuditQuestion(seq, limit, action, actor, from, to);
    }

    AuditQuestion atMost(int most) {
        return new AuditQuestion(after, most, action, actor, from, to);
    }

    /// The pattern of what begins with the action.
    @Nullable
    String below() {
        return action == null ? null : action + ".%";
    }

    private static long number(String text, long lowest, long highest) {
        try {
            long number = Long.parseLong(text);
            if (number >= lowest && number <= highest) {
                return number;
            }
        } catch (NumberFormatException malformed) {
            throw new IllegalArgumentException(expected(lowest, highest), malformed);
        }
        throw new IllegalArgumentException(expected(lowest, highest));
    }

    private static String expected(long lowest, long highest) {
        return highest == Long.MAX_VALUE
                ? "must be a whole number, the cursor of an earlier answer"
                : "must be a whole number from " + lowest + " to " + highest;
    }

    // No character of it means anything to LIKE.
    private static String action(String text) {
        if (!text.matches("[a-z0-9.-]{1,64}")) {
            throw new IllegalArgumentException("must be an action such as key.created, or its beginning, such as key");
        }
        return text;
    }

    private static String text(String text) {
        if (text.isBlank() || text.length() > LONGEST || text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("must have 1 to " + LONGEST + " visible characters");
        }
        return text;
    }

    private record Reader(MultiValueMap<String, String> parameters, Violations violations) {

        <T> Optional<T> one(String name, Function<String, T> reading) {
            String text = parameters.getFirst(name);
            if (text == null) {
                return Optional.empty();
            }
            try {
                return Optional.of(reading.apply(text));
            } catch (IllegalArgumentException wrong) {
                violations.add(name, String.valueOf(wrong.getMessage()));
                return Optional.empty();
            }
        }
    }
}
