package io.weir.billing.stripe.api;

import com.stripe.exception.ApiConnectionException;
import com.stripe.exception.StripeException;
import com.stripe.model.StripeError;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// A call that brought no answer to work with. The kind says what may be done next.
public final class StripeFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private static final int LONGEST_MESSAGE = 400;

    /// What is known after the failure.
    public enum Kind {
        /// No answer: the call may have been carried out, or may still be. Again later, under the same key.
        UNANSWERED,
        /// Stripe failed and said so; the call may have been carried out all the same. Again later, under the same key.
        FAILED,
        /// Stripe keeps a failure of its own under the key and repeats it: that call is over. Again later, under a new
        /// key, after a look for what the call may have left.
        FAILURE_KEPT,
        /// Too many calls, or the same key in use by a call that runs. Again later, under the same key.
        BUSY,
        /// Our API key is not accepted. Nothing is wrong with the invoice: again later.
        UNAUTHORISED,
        /// The object that the call names is not there.
        GONE,
        /// Refused for good: asking again brings the same.
        REFUSED
    }

    private final Kind kind;

    public StripeFailure(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    static StripeFailure of(Throwable failed) {
        return switch (failed) {
            case StripeFailure known -> known;
            case ApiConnectionException unanswered ->
                new StripeFailure(
                        Kind.UNANSWERED, "Stripe did not answer: " + shortened(unanswered.getMessage()), unanswered);
            case StripeException answered -> new StripeFailure(kind(answered), message(answered), answered);
            case TimeoutException late -> new StripeFailure(Kind.UNANSWERED, "Stripe did not answer in time", late);
            default ->
                new StripeFailure(
                        Kind.UNANSWERED,
                        "Stripe's answer could not be read: "
                                + failed.getClass().getSimpleName(),
                        failed);
        };
    }

    private static Kind kind(StripeException answered) {
        Integer status = answered.getStatusCode();
        if (status == null) {
            return Kind.UNANSWERED;
        }
        if (status >= 500) {
            return isRepeated(answered) ? Kind.FAILURE_KEPT : Kind.FAILED;
        }
        return switch (status) {
            case 409, 429 -> Kind.BUSY;
            case 401, 403 -> Kind.UNAUTHORISED;
            default -> "resource_missing".equals(answered.getCode()) ? Kind.GONE : Kind.REFUSED;
        };
    }

    private static boolean isRepeated(StripeException answered) {
        StripeError error = answered.getStripeError();
        return error != null
                && error.getLastResponse() != null
                && error.getLastResponse()
                        .headers()
                        .firstValue("Idempotent-Replayed")
                        .orElse("false")
                        .equals("true");
    }

    // Without the key's tail that Stripe quotes in refusals of it, and without the client's own additions.
    private static String message(StripeException answered) {
        StripeError error = answered.getStripeError();
        String text = error == null || error.getMessage() == null ? answered.getMessage() : error.getMessage();
        if (kind(answered) == Kind.UNAUTHORISED) {
            text = "the API key is not accepted";
        }
        return "Stripe answered " + answered.getStatusCode() + ": " + shortened(text);
    }

    private static String shortened(@Nullable String text) {
        String plain = String.valueOf(text).replaceAll("\\p{Cntrl}+", " ").strip();
        return plain.length() <= LONGEST_MESSAGE ? plain : plain.substring(0, LONGEST_MESSAGE) + "...";
    }

    public Kind kind() {
        return kind;
    }

    /// Its message; never null.
    public String reason() {
        return String.valueOf(getMessage());
    }
}
