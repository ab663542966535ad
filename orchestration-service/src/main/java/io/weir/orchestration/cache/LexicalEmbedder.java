package io.weir.orchestration.cache;

import io.weir.orchestration.budget.Payer;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import reactor.core.publisher.Mono;

/// Knows texts by their words and the letters within them, hashed. Needs no model. Words that stand in every prompt
/// count little.
final class LexicalEmbedder implements Embedder {

    private static final int SIZE = 512;
    private static final Pattern GAPS = Pattern.compile("[^\\p{L}\\p{M}\\p{N}]+");
    private static final float COMMON = 0.15f;
    private static final Set<String> EVERYWHERE = Set.of(
            "a", "about", "advance", "am", "an", "and", "are", "as", "at", "be", "by", "can", "come", "could", "do",
            "does", "for", "from", "give", "help", "hello", "hi", "how", "i", "in", "into", "is", "it", "know", "like",
            "list", "me", "my", "need", "of", "on", "or", "please", "s", "share", "should", "so", "tell", "thank",
            "thanks", "that", "the", "this", "to", "up", "want", "was", "what", "when", "which", "who", "why", "will",
            "with", "would", "you", "your");

    @Override
    public Mono<List<float[]>> directions(Payer payer, List<String> texts) {
        return Mono.fromSupplier(
                () -> texts.stream().map(LexicalEmbedder::embed).toList());
    }

    private static float[] embed(String text) {
        float[] vector = new float[SIZE];
        String before = "";
        for (String word : List.of(GAPS.split(text.toLowerCase(Locale.ROOT)))) {
            if (word.isEmpty()) {
                continue;
            }
            float weight = EVERYWHERE.contains(word) ? COMMON : 1;
            add(vector, word, weight);
            add(vector, before + ' ' + word, weight / 4);
            String framed = '<' + word + '>';
            for (int i = 0; i + 3 <= framed.length(); i++) {
                add(vector, framed.substring(i, i + 3), weight / 3);
            }
            before = word;
        }
        return Embedder.normalised(vector);
    }

    // The sign keeps what falls together by chance from adding up.
    private static void add(float[] vector, String feature, float weight) {
        int hash = feature.hashCode() * 0x9E3779B9;
        hash ^= hash >>> 15;
        vector[Math.floorMod(hash, SIZE)] += (hash & 0x40000000) == 0 ? weight : -weight;
    }
}
