package io.weir.local.prove;

import io.weir.local.prove.books.Refusals;
import io.weir.local.prove.load.Client;
import io.weir.local.prove.load.Customer;
import io.weir.local.prove.load.Seen;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// Calls whose ceiling is known before they are made: it rises by the same amount with each token of output, and with
/// each digit of the limit, since the whole body is counted. Learned from what a tenant is told that can afford
/// nothing.
final class Ceilings {

    private static final String MODEL = "claude-haiku-4-5";
    private static final int TRIES = 100;
    // Of the largest output limit that the model takes.
    private static final int MOST_DIGITS = 5;

    private final Client client;
    private final Customer poor;
    private final String text;
    private final long[] bases = new long[MOST_DIGITS + 1];
    private final long perToken;

    private Ceilings(Client client, Customer poor, String text) throws IOException, InterruptedException {
        this.client = client;
        this.poor = poor;
        this.text = text;
        this.perToken = learn(2) - learn(1);
        for (int digits = 1; digits <= MOST_DIGITS; digits++) {
            bases[digits] = learn(least(digits)) - least(digits) * perToken;
        }
    }

    /// @param poor a tenant whose cap is less than any call
    static Ceilings learn(Client client, Customer poor, String text) throws IOException, InterruptedException {
        return new Ceilings(client, poor, text);
    }

    private long learn(long maxTokens) throws IOException, InterruptedException {
        Seen seen = client.make(0, poor, path(), body(maxTokens));
        for (int i = 0; i < TRIES && !seen.exceedsBudget(); i++) {
            Trial.pause(200);
            seen = client.make(0, poor, path(), body(maxTokens));
        }
        if (!seen.exceedsBudget()) {
            throw new IOException("a call that nobody can pay was answered " + seen.status() + " " + seen.detail());
        }
        return Refusals.ceiling(seen);
    }

    private static long least(int digits) {
        long least = 1;
        for (int i = 1; i < digits; i++) {
            least *= 10;
        }
        return least;
    }

    /// The ceiling of that output limit.
    long of(long maxTokens) {
        return bases[Long.toString(maxTokens).length()] + maxTokens * perToken;
    }

    /// The largest output limit whose ceiling is at most that; 0: none.
    long tokensWithin(long amount) {
        for (int digits = MOST_DIGITS; digits > 0; digits--) {
            long tokens = Math.min(Math.floorDiv(amount - bases[digits], perToken), least(digits + 1) - 1);
            if (tokens >= least(digits)) {
                return tokens;
            }
        }
        return 0;
    }

    /// Whether a limit has exactly that ceiling.
    boolean meets(long amount) {
        return tokensWithin(amount) > 0 && of(tokensWithin(amount)) == amount;
    }

    String path() {
        return "/v1/chat/completions";
    }

    String body(long maxTokens) {
        return JsonMapper.shared()
                .writeValueAsString(Map.of(
                        "model",
                        MODEL,
                        "max_tokens",
                        maxTokens,
                        "messages",
                        List.of(Map.of("role", "user", "content", text))));
    }
}
