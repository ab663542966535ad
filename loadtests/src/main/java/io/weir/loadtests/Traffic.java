package io.weir.loadtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/// What is called, by whom, and with what: from the system properties `weir.gateway` (a URL), `weir.keys` (a file with
/// a
/// tenant's key on each line), `weir.seconds`, `weir.rate` (calls a second on average), `weir.concurrency`, `weir.seed`
/// and `weir.mixed` (long prompts, streams and embeddings among the calls). Calls follow from the seed.
record Traffic(
        String gateway, List<String> keys, Duration lasting, double rate, int concurrency, long seed, boolean mixed) {

    private static final int LONG_PROMPT_WORDS = 6_000;
    private static final int SHORT_PROMPT_WORDS = 40;
    private static final int PERCENT = 100;
    private static final int LONG_PROMPTS_BELOW = 8;
    private static final int STREAMS_BELOW = 40;
    private static final int EMBEDDINGS_BELOW = 50;

    static Traffic told() {
        try {
            return new Traffic(
                    System.getProperty("weir.gateway", "http://127.0.0.1:8080"),
                    Files.readAllLines(Path.of(System.getProperty("weir.keys", "keys"))),
                    Duration.ofSeconds(Long.getLong("weir.seconds", 60)),
                    Double.parseDouble(System.getProperty("weir.rate", "1.39")),
                    Integer.getInteger("weir.concurrency", 100),
                    Long.getLong("weir.seed", 42),
                    Boolean.getBoolean("weir.mixed"));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /// A call after the other without end: `key`, `path` and `body`. A few tenants make most of the calls.
    Iterator<Map<String, Object>> calls() {
        AtomicLong number = new AtomicLong();
        return Stream.generate(() -> call(number.getAndIncrement())).iterator();
    }

    private Map<String, Object> call(long number) {
        SplittableRandom random = new SplittableRandom(seed * 1_000_003 + number);
        String key = keys.get(tenant(random));
        int kind = mixed ? random.nextInt(PERCENT) : PERCENT;
        int words = kind < LONG_PROMPTS_BELOW ? LONG_PROMPT_WORDS : SHORT_PROMPT_WORDS;
        if (kind >= STREAMS_BELOW && kind < EMBEDDINGS_BELOW) {
            return Map.of("key", key, "path", "/v1/embeddings", "body", embedding(number));
        }
        boolean stream = kind >= LONG_PROMPTS_BELOW && kind < STREAMS_BELOW;
        return Map.of("key", key, "path", "/v1/chat/completions", "body", chat(number, words, stream));
    }

    // Zipf's law, about: the first tenant calls twice as often as the second, three times as often as the third.
    private int tenant(SplittableRandom random) {
        if (!mixed) {
            return random.nextInt(keys.size());
        }
        double all = Math.log(keys.size() + 1.0);
        int index = (int) Math.floor(Math.exp(random.nextDouble() * all)) - 1;
        return Math.min(keys.size() - 1, Math.max(0, index));
    }

    private static String embedding(long number) {
        return "{\"model\":\"text-embedding-3-small\",\"dimensions\":64,\"input\":\"document " + number + "\"}";
    }

    private static String chat(long number, int words, boolean stream) {
        return "{\"model\":\"gpt-4o-mini\",\"max_tokens\":40,\"stream\":" + stream
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"Call " + number
                + " harbour".repeat(words) + "\"}]}";
    }
}
