package io.weir.orchestration.dialect;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A provider's refusal, read from its status and body.
///
/// @param said the provider's words for our caller, at most 1,000 characters; may be empty
/// @param param the field of the request that it names; null: none
/// @param retryAfter what the body says; null: nothing
public record ProviderError(
        Kind kind,
        String said,
        @Nullable String param,
        @Nullable Duration retryAfter) {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int LONGEST_MESSAGE = 1_000;
    private static final String HIDDEN = "[key]";
    private static final int SHORTEST_PART = 8;

    /// What a provider means.
    public enum Kind {
        /// Something in the request is wrong.
        BAD_REQUEST,
        /// The prompt is longer than the model takes.
        CONTEXT_LENGTH,
        /// What the request says is against the provider's rules.
        CONTENT_POLICY,
        /// It refuses our key or our account: not our caller's fault.
        ACCESS,
        /// Our account has nothing left.
        ACCOUNT_USED_UP,
        /// It has no such model.
        NO_SUCH_MODEL,
        /// The request has too many bytes.
        TOO_LARGE,
        /// We asked too often.
        RATE_LIMITED,
        /// Everybody asks too much of it.
        OVERLOADED,
        /// It is in trouble.
        BROKEN,
        /// A status without a meaning.
        UNKNOWN
    }

    /// What the status alone says, for all providers.
    public static Kind kindOf(int status) {
        return switch (status) {
            case 400, 422 -> Kind.BAD_REQUEST;
            case 401, 403 -> Kind.ACCESS;
            case 402 -> Kind.ACCOUNT_USED_UP;
            case 404 -> Kind.NO_SUCH_MODEL;
            case 408, 409 -> Kind.BROKEN;
            case 413 -> Kind.TOO_LARGE;
            case 429 -> Kind.RATE_LIMITED;
            case 529 -> Kind.OVERLOADED;
            default -> status >= 500 ? Kind.BROKEN : Kind.UNKNOWN;
        };
    }

    /// The same without that secret, which whoever answers may repeat.
    public ProviderError without(String secret) {
        String told = said.replace(secret, HIDDEN);
        // What was shortened may end within it.
        for (int kept = Math.min(secret.length() - 1, told.length()); kept >= SHORTEST_PART; kept--) {
            if (told.endsWith(secret.substring(0, kept))) {
                told = told.substring(0, told.length() - kept) + HIDDEN;
                break;
            }
        }
        return new ProviderError(kind, told, param == null ? null : param.replace(secret, HIDDEN), retryAfter);
    }

    /// The member `error` of a body; missing where there is none.
    public static JsonNode member(byte[] body) {
        try {
            return JSON.readTree(body).path("error");
        } catch (JacksonException notJson) {
            return JSON.missingNode();
        }
    }

    /// A message of a bearable length.
    public static String shortened(String message) {
        return message.length() > LONGEST_MESSAGE ? message.substring(0, LONGEST_MESSAGE) : message;
    }
}
