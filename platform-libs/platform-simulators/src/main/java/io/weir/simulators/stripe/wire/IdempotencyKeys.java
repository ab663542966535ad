package io.weir.simulators.stripe.wire;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Answers kept under the keys they were asked for with. Safe for concurrent use.
///
/// A key is claimed before its call takes effect; the claim ends in an answer that is kept ([#keep]) or in none
/// ([#release]), exactly one of the two.
public final class IdempotencyKeys {

    private static final int MAX_LENGTH = 255;

    private final InstantSource clock;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    public IdempotencyKeys(InstantSource clock) {
        this.clock = clock;
    }

    /// Claims a key for a call: null when the call is to run, else the answer that is kept.
    /// Throws [StripeException] 409 while another call holds the key, 400 when it was used for other parameters.
    ///
    /// @param keptFor keys older than this are forgotten
    public synchronized @Nullable StripeAnswer claim(String scope, StripeCall call, Duration keptFor) {
        String key = keyOf(call);
        prune(clock.instant().minus(keptFor));
        Entry entry = entries.get(scope + key);
        if (entry == null) {
            entries.put(
                    scope + key,
                    new Entry(call.path(), call.parameters().fingerprint(), call.requestId(), clock.instant(), null));
            return null;
        }
        if (!entry.path().equals(call.path())) {
            throw reused(
                    "Keys for idempotent requests can only be used for the same endpoint they were first used for ('"
                            + call.path() + "' vs '" + entry.path() + "').",
                    key);
        }
        if (!entry.fingerprint().equals(call.parameters().fingerprint())) {
            throw reused(
                    "Keys for idempotent requests can only be used with the same parameters they were first used with.",
                    key);
        }
        if (entry.answer() == null) {
            throw inUse(key);
        }
        return entry.answer()
                .withHeader("Idempotent-Replayed", "true")
                .withHeader("Original-Request", entry.requestId());
    }

    /// The call has run: its answer is kept.
    public synchronized void keep(String scope, StripeCall call, StripeAnswer answer) {
        entries.computeIfPresent(scope + keyOf(call), (key, entry) -> entry.answered(answer));
    }

    /// The call has not run: the key is free again.
    public synchronized void release(String scope, StripeCall call) {
        entries.remove(scope + keyOf(call));
    }

    public synchronized int size() {
        return entries.size();
    }

    private void prune(Instant olderThan) {
        Iterator<Entry> oldestFirst = entries.values().iterator();
        while (oldestFirst.hasNext()) {
            Entry entry = oldestFirst.next();
            if (entry.at().isAfter(olderThan)) {
                return;
            }
            if (entry.answer() != null) {
                oldestFirst.remove();
            }
        }
    }

    private static String keyOf(StripeCall call) {
        String key = call.idempotencyKey();
        if (key == null) {
            throw new IllegalStateException("call without an idempotency key: " + call.path());
        }
        if (key.length() > MAX_LENGTH) {
            throw new StripeException(
                    400,
                    "invalid_request_error",
                    null,
                    "Idempotency keys can have up to " + MAX_LENGTH + " characters.",
                    null);
        }
        return key;
    }

    private static StripeException reused(String why, String key) {
        return new StripeException(
                400,
                "idempotency_error",
                null,
                why + " Try using a key other than '" + key + "' if you meant to execute a different request.",
                null);
    }

    private static StripeException inUse(String key) {
        return new StripeException(
                409,
                "invalid_request_error",
                "idempotency_key_in_use",
                "There is currently another in-progress request using this Idempotent Key (that probably means you"
                        + " submitted twice, and the other request is still going through): " + key
                        + ". Please try again later.",
                null);
    }

    private record Entry(
            String path,
            String fingerprint,
            String requestId,
            Instant at,
            @Nullable StripeAnswer answer) {

        Entry answered(StripeAnswer kept) {
            return new Entry(path, fingerprint, requestId, at, kept);
        }
    }
}
