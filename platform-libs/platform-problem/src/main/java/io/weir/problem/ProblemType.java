package io.weir.problem;

import java.util.Locale;

/// One kind of failure: stable code, status, and whether trying again helps.
public enum ProblemType {
    INVALID_REQUEST(400, "Invalid request", "invalid_request_error", Retry.NEVER),
    CONTEXT_LENGTH_EXCEEDED(400, "Context length exceeded", "invalid_request_error", Retry.NEVER),
    INVALID_API_KEY(401, "Invalid API key", "invalid_request_error", Retry.NEVER),
    INVALID_TOKEN(401, "Invalid token", "invalid_request_error", Retry.NEVER),
    PASSPORT_REFUSED(401, "Passport refused", "invalid_request_error", Retry.NEVER),
    PERMISSION_DENIED(403, "Permission denied", "permission_error", Retry.NEVER),
    ADDRESS_NOT_ALLOWED(403, "Address not allowed", "permission_error", Retry.NEVER),
    TENANT_MISMATCH(403, "Another tenant's resource", "permission_error", Retry.NEVER),
    TENANT_SUSPENDED(403, "Tenant suspended", "permission_error", Retry.NEVER),
    NOT_FOUND(404, "Not found", "invalid_request_error", Retry.NEVER),
    MODEL_NOT_FOUND(404, "Model not found", "invalid_request_error", Retry.NEVER),
    METHOD_NOT_ALLOWED(405, "Method not allowed", "invalid_request_error", Retry.NEVER),
    NOT_ACCEPTABLE(406, "Not acceptable", "invalid_request_error", Retry.NEVER),
    CONFLICT(409, "Conflict", "invalid_request_error", Retry.NEVER),
    IDEMPOTENCY_IN_PROGRESS(409, "Same request in progress", "invalid_request_error", Retry.SOON),
    IDEMPOTENCY_ANSWER_NOT_KEPT(409, "Answer not kept", "invalid_request_error", Retry.NEVER),
    PRECONDITION_FAILED(412, "Precondition failed", "invalid_request_error", Retry.NEVER),
    REQUEST_TOO_LARGE(413, "Request too large", "invalid_request_error", Retry.NEVER),
    UNSUPPORTED_MEDIA_TYPE(415, "Unsupported media type", "invalid_request_error", Retry.NEVER),
    UNPROCESSABLE(422, "Cannot be done", "invalid_request_error", Retry.NEVER),
    IDEMPOTENCY_KEY_REUSED(422, "Idempotency key used for another request", "invalid_request_error", Retry.NEVER),
    PROVIDER_KEY_REFUSED(424, "Your provider key was refused", "invalid_request_error", Retry.NEVER),
    PRECONDITION_REQUIRED(428, "Precondition required", "invalid_request_error", Retry.NEVER),
    BUDGET_EXCEEDED(429, "Budget exceeded", "insufficient_quota", Retry.NEVER),
    INSUFFICIENT_QUOTA(429, "Quota used up", "insufficient_quota", Retry.NEVER),
    RATE_LIMIT_EXCEEDED(429, "Rate limit exceeded", "rate_limit_error", Retry.SOON),
    TOO_MANY_STREAMS(429, "Too many streams", "rate_limit_error", Retry.SOON),
    UPSTREAM_RATE_LIMITED(429, "Provider rate limit", "rate_limit_error", Retry.SOON),
    INTERNAL_ERROR(500, "Internal error", "server_error", Retry.UNSPECIFIED),
    UPSTREAM_ERROR(502, "Provider error", "server_error", Retry.SOON),
    UPSTREAM_UNAVAILABLE(503, "Provider unavailable", "server_error", Retry.SOON),
    BUDGET_UNKNOWN(503, "Budget not yet known", "server_error", Retry.SOON),
    BUDGET_RECOVERING(503, "Budget being recovered", "server_error", Retry.SOON),
    PLATFORM_BUDGET_EXHAUSTED(503, "Platform budget exhausted", "server_error", Retry.NEVER),
    DATABASE_SHARE_EXHAUSTED(503, "Share of the database in use", "server_error", Retry.SOON),
    AUDIT_UNAVAILABLE(503, "Audit log unavailable", "server_error", Retry.SOON),
    LEDGER_UNAVAILABLE(503, "Ledger unavailable", "server_error", Retry.SOON),
    QUEUED(503, "Accepted, not yet everywhere", "server_error", Retry.SOON),
    SERVICE_UNAVAILABLE(503, "Service unavailable", "server_error", Retry.SOON),
    UPSTREAM_TIMEOUT(504, "Provider timeout", "server_error", Retry.SOON);

    private final int status;
    private final String title;
    private final String openAiType;
    private final Retry retry;

    ProblemType(int status, String title, String openAiType, Retry retry) {
        this.status = status;
        this.title = title;
        this.openAiType = openAiType;
        this.retry = retry;
    }

    /// The HTTP status.
    public int status() {
        return status;
    }

    /// A short sentence, the same for every occurrence.
    public String title() {
        return title;
    }

    /// OpenAI's `error.type`.
    public String openAiType() {
        return openAiType;
    }

    /// Anthropic's `error.type`, which goes by the status.
    public String anthropicType() {
        return switch (status) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 503 -> "overloaded_error";
            default -> status < 500 ? "invalid_request_error" : "api_error";
        };
    }

    /// OpenAI's `error.code`, and ours: stable, machine-readable.
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The page's name under `docs/reference/problems` and the tail of the problem's `type` URI.
    public String slug() {
        return code().replace('_', '-');
    }

    public Retry retry() {
        return retry;
    }

    /// What `x-should-retry` says, which the official SDKs obey above the status.
    public enum Retry {
        NEVER,
        SOON,
        UNSPECIFIED
    }
}
