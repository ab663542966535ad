package io.weir.billing.stripe.webhook;

import com.stripe.exception.SignatureVerificationException;
import com.stripe.net.Webhook;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Whether a body comes from Stripe, and was signed just now.
final class SignatureCheck {

    /// As Stripe's own clients have it: what is older may be a replay.
    static final Duration TOLERANCE = Duration.ofMinutes(5);

    private final String secret;
    private final Clock clock;

    SignatureCheck(String secret, Clock clock) {
        this.secret = secret;
        this.clock = clock;
    }

    /// Why it is refused; empty where it holds.
    Optional<String> refusal(String payload, @Nullable String header) {
        if (header == null || header.isBlank()) {
            return Optional.of("it has no signature");
        }
        try {
            return Webhook.Signature.verifyHeader(payload, header, secret, TOLERANCE.toSeconds(), clock)
                    ? Optional.empty()
                    : Optional.of("its signature does not match");
        } catch (SignatureVerificationException refused) {
            return Optional.of(reason(String.valueOf(refused.getMessage())));
        } catch (RuntimeException unreadable) {
            return Optional.of("its signature cannot be read");
        }
    }

    private static String reason(String said) {
        if (said.contains("tolerance")) {
            return "its signature is older than " + TOLERANCE.toMinutes() + " minutes";
        }
        return said.contains("extract") ? "its signature cannot be read" : "its signature does not match";
    }
}
