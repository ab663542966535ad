package io.weir.local.prove.load;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// One call of a plan: the same for the same seed and number.
///
/// @param customer index of the tenant that makes it
/// @param patience chunks, or milliseconds, after which a client leaves that does not wait for the end
public record PlannedCall(int number, int customer, Kind kind, String model, int maxTokens, int words, int patience) {

    private static final List<String> MODELS = List.of("gpt-4o-mini", "claude-haiku-4-5", "gemini-2.5-pro");
    private static final String[] WORDS = {
        "river", "stone", "ledger", "window", "orange", "seven", "quiet", "harbour", "pencil", "winter"
    };

    /// The call of that number.
    ///
    /// @param customers who may call; a later one with a smaller share
    static PlannedCall of(long seed, int number, List<Customer> customers) {
        SplittableRandom random = new SplittableRandom(seed * 1_000_003 + number);
        Kind kind = Kind.at(random.nextInt(100));
        int customer = customer(random, customers);
        boolean embeds = kind == Kind.EMBEDDING;
        String named = customers.get(customer).cap() == null || random.nextInt(4) == 0
                ? MODELS.get(random.nextInt(MODELS.size()))
                : MODELS.get(1);
        String model = embeds ? "text-embedding-3-small" : kind == Kind.AUTO ? "auto" : named;
        return new PlannedCall(
                number,
                customer,
                kind,
                model,
                16 + random.nextInt(64),
                3 + random.nextInt(30),
                1 + random.nextInt(kind == Kind.LEFT_EARLY ? 120 : 12));
    }

    private static int customer(SplittableRandom random, List<Customer> customers) {
        int all = customers.stream().mapToInt(Customer::share).sum();
        int left = random.nextInt(all);
        int index = 0;
        while (left >= customers.get(index).share()) {
            left -= customers.get(index).share();
            index++;
        }
        return index;
    }

    String path() {
        return kind == Kind.EMBEDDING ? "/v1/embeddings" : "/v1/chat/completions";
    }

    boolean streams() {
        return kind == Kind.STREAM
                || kind == Kind.LEFT_MIDWAY
                || (kind == Kind.AUTO && number % 2 == 0)
                || (kind == Kind.LEFT_EARLY && number % 2 == 0);
    }

    // Clients write a body's fields in any order.
    Map<String, Object> body() {
        List<Map.Entry<String, Object>> fields = new ArrayList<>();
        fields.add(Map.entry("model", model));
        if (kind == Kind.EMBEDDING) {
            fields.add(Map.entry("input", text()));
        } else {
            fields.add(Map.entry("stream", streams()));
            fields.add(Map.entry("max_tokens", maxTokens));
            fields.add(Map.entry("messages", List.of(Map.of("role", "user", "content", text()))));
        }
        Collections.rotate(fields, number / 2);
        Map<String, Object> body = new LinkedHashMap<>();
        fields.forEach(field -> body.put(field.getKey(), field.getValue()));
        return body;
    }

    private String text() {
        List<String> text = new ArrayList<>(List.of("Call", Integer.toString(number)));
        for (int i = 0; i < words; i++) {
            text.add(WORDS[Math.floorMod(number * 31 + i * 7, WORDS.length)]);
        }
        return String.join(" ", text);
    }
}
