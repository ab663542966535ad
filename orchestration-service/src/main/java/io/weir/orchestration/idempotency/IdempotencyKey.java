package io.weir.orchestration.idempotency;

import io.weir.problem.PlatformException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.web.reactive.function.server.ServerRequest;

/// What a client calls a request, so that a repetition is known as one.
record IdempotencyKey(String value) {

    static final String HEADER = "idempotency-key";

    private static final Pattern FORM = Pattern.compile("[!-~]{1,255}");

    IdempotencyKey {
        if (!FORM.matcher(value).matches()) {
            throw PlatformException.invalid(
                    HEADER,
                    "The header 'Idempotency-Key' is not 1 to 255 visible ASCII characters without spaces. Send a"
                            + " UUID, for instance, or leave the header out.");
        }
    }

    /// Of the request; empty where it names none. Throws a 400 [PlatformException] where it is no key.
    static Optional<IdempotencyKey> of(ServerRequest request) {
        List<String> named = request.headers().header(HEADER);
        if (named.size() > 1) {
            throw PlatformException.invalid(
                    HEADER, "The header 'Idempotency-Key' stands there " + named.size() + " times. Send it once.");
        }
        return named.stream().findFirst().map(IdempotencyKey::new);
    }
}
