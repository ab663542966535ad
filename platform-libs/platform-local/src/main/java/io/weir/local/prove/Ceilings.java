package io.weir.local.prove;

import io.weir.local.prove.books.Refusals;
import io.weir.local.prove.load.Client;
import io.weir.local.prove.load.Customer;
import io.weir.local.prove.load.Seen;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// Calls whose ceiling is known before they are made: it rises by the same amount with each token of output. Learned
/// from what a tenant is told that can afford nothing.
final class Ceilings {

    private static final String MODEL = "claude-haiku-4-5";
    private static final int TRIES = 100;

    private final Client client;
    private final Customer poor;
    private final String text;
    private final long base;
    private final long perToken;

    private Ceilings(Client client, Customer poor, String text) throws IOException, InterruptedException {
        this.client = client;
        this.poor = poor;
        this.text = text;
        long one = learn(1);
        this.perToken = learn(2) - one;
        this.base = one - perToken;
    }

    /// @param poor a tenant whose cap is less than any call
    static Ceilings learn(Client client, Customer poor, String text) throws IOException, InterruptedException {
        return new Ceilings(client, poor, text);
    }

    private long learn(int maxTokens) throws IOException, InterruptedException {
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

    /// The ceiling of that output limit.
    long of(long maxTokens) {
        return base + maxTokens * perToken;
    }

    /// The largest output limit whose ceiling is at most that.
    long tokensWithin(long amount) {
        return Math.floorDiv(amount - base, perToken);
    }

    /// Whether a limit has exactly that ceiling.
    boolean meets(long amount) {
        return of(tokensWithin(amount)) == amount;
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
