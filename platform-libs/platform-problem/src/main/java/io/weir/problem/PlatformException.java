package io.weir.problem;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A failure that a caller is told about. The message says what happened, why, and what to do; it never holds a secret.
public final class PlatformException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ProblemType type;
    private final @Nullable String param;
    private final transient Map<String, Object> members;

    public PlatformException(ProblemType type, String message) {
        this(type, message, null, null, Map.of());
    }

    public PlatformException(ProblemType type, String message, Throwable cause) {
        this(type, message, null, cause, Map.of());
    }

    private PlatformException(
            ProblemType type,
            @Nullable String message,
            @Nullable String param,
            @Nullable Throwable cause,
            Map<String, Object> members) {
        // No stack trace without a cause: these are answers, made by the thousand under attack, not defects.
        super(message, cause, false, cause != null);
        this.type = type;
        this.param = param;
        this.members = members;
    }

    /// A 400 that names the field, as a JSON path without the leading `$.`, for example `messages[0].role`.
    public static PlatformException invalid(String param, String message) {
        return new PlatformException(ProblemType.INVALID_REQUEST, message, param, null, Map.of());
    }

    /// Any problem that one field of the request caused.
    public static PlatformException of(ProblemType type, String param, String message) {
        return new PlatformException(type, message, param, null, Map.of());
    }

    /// The same problem with one member more, for programs: anything that becomes JSON. Problem details show it, the
    /// OpenAI envelope does not.
    public PlatformException with(String member, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(members);
        more.put(member, value);
        return new PlatformException(type, getMessage(), param, getCause(), more);
    }

    /// What was added by [#with], in that order.
    public Map<String, Object> members() {
        return Collections.unmodifiableMap(members);
    }

    public ProblemType type() {
        return type;
    }

    /// The field at fault, where there is one.
    public @Nullable String param() {
        return param;
    }
}
