package io.weir.simulators.stripe.wire;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A call that Stripe refuses, in the shape it refuses it. Those with a parameter are found before the call takes
/// effect, and are not kept under an idempotency key.
public final class StripeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final String INVALID_REQUEST = "invalid_request_error";

    private final int status;
    private final String type;
    private final @Nullable String code;
    private final @Nullable String param;

    public StripeException(int status, String type, @Nullable String code, String message, @Nullable String param) {
        super(message);
        this.status = status;
        this.type = type;
        this.code = code;
        this.param = param;
    }

    /// A parameter is wrong: 400.
    public static StripeException parameter(String param, String code, String message) {
        return new StripeException(400, INVALID_REQUEST, code, message, param);
    }

    /// The object does not allow the call in its state: 400.
    public static StripeException state(@Nullable String code, String message) {
        return new StripeException(400, INVALID_REQUEST, code, message, null);
    }

    /// No such object: 404.
    public static StripeException missing(String kind, String id, String param) {
        return new StripeException(
                404, INVALID_REQUEST, "resource_missing", "No such " + kind + ": '" + id + "'", param);
    }

    /// No such route: 404.
    public static StripeException unknownRoute(String method, String path) {
        return new StripeException(
                404,
                INVALID_REQUEST,
                null,
                "Unrecognized request URL (" + method + ": " + path
                        + "). If you are trying to list objects, remove the trailing slash. If you are trying to retrieve"
                        + " an object, make sure you passed a valid (non-empty) identifier in your code. The simulator"
                        + " serves a part of Stripe's routes only.",
                null);
    }

    /// No usable key: 401.
    public static StripeException unauthorized(String message) {
        return new StripeException(401, INVALID_REQUEST, null, message, null);
    }

    /// Whether it was found before the call took effect: a wrong parameter, an object or a route that is not there.
    public boolean isValidation() {
        return param != null || status == 404;
    }

    /// `{"error":{...}}`.
    public StripeAnswer answer() {
        ObjectNode error = JsonMapper.shared().createObjectNode();
        if (code != null) {
            error.put("code", code);
            error.put("doc_url", "https://stripe.com/docs/error-codes/" + code.replace('_', '-'));
        }
        error.put("message", String.valueOf(getMessage()));
        if (param != null) {
            error.put("param", param);
        }
        error.put("type", type);
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.set("error", error);
        return new StripeAnswer(status, body.toString(), Map.of());
    }
}
