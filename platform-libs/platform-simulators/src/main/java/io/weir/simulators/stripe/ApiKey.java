package io.weir.simulators.stripe;

import io.netty.handler.codec.http.HttpHeaders;
import io.weir.simulators.stripe.wire.StripeException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// Reads the secret key of a call, as Stripe takes it: as a bearer token or as the user of basic authentication.
final class ApiKey {

    private static final String TEST_KEY = "sk_test_";
    private static final int SHOWN = 4;

    private ApiKey() {}

    /// The key. Throws [StripeException] 401 without one, or with one that is not a test key.
    static String of(HttpHeaders headers) {
        String key = read(headers.get("authorization"));
        if (key == null || key.isEmpty()) {
            throw StripeException.unauthorized(
                    "You did not provide an API key. You need to provide your API key in the Authorization header,"
                            + " using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').");
        }
        if (!key.startsWith(TEST_KEY) || key.length() == TEST_KEY.length()) {
            throw StripeException.unauthorized("Invalid API Key provided: " + masked(key));
        }
        return key;
    }

    private static @Nullable String read(@Nullable String authorization) {
        if (authorization == null) {
            return null;
        }
        if (authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
            return authorization.substring(7).trim();
        }
        if (authorization.regionMatches(true, 0, "Basic ", 0, 6)) {
            return userOf(authorization.substring(6).trim());
        }
        return null;
    }

    private static @Nullable String userOf(String encoded) {
        try {
            String pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            return colon < 0 ? pair : pair.substring(0, colon);
        } catch (IllegalArgumentException broken) {
            return null;
        }
    }

    private static String masked(String key) {
        return key.length() <= SHOWN ? "****" : "*".repeat(8) + key.substring(key.length() - SHOWN);
    }
}
