package io.weir.orchestration.cache;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Whether a message means the same as another: alike by an [Embedder], and with the same [Gist], however alike they
/// are. Safe for use by many threads.
final class Likeness {

    /// What is longer is not compared: long messages rarely mean the same without being the same.
    static final int LONGEST = 2_000;

    private final Embedder embedder;

    Likeness(Embedder embedder) {
        this.embedder = embedder;
    }

    private record Scored(KeptPrompt prompt, double similarity) {}

    /// The one that is most like it of those that mean the same.
    Optional<KeptPrompt> nearest(String text, List<KeptPrompt> prompts, double threshold) {
        Gist gist = Gist.of(text);
        if (gist.isEmpty()) {
            return Optional.empty();
        }
        List<KeptPrompt> same = prompts.stream()
                .filter(prompt -> Gist.of(prompt.text()).equals(gist))
                .toList();
        if (same.isEmpty()) {
            return Optional.empty();
        }
        float[] direction = embedder.embed(text);
        return same.stream()
                .map(prompt -> new Scored(prompt, Embedder.similarity(direction, embedder.embed(prompt.text()))))
                .filter(scored -> scored.similarity() >= threshold)
                .max(Comparator.comparingDouble(Scored::similarity))
                .map(Scored::prompt);
    }

    boolean same(String one, String other, double threshold) {
        return nearest(one, List.of(new KeptPrompt(other, "")), threshold).isPresent();
    }
}
