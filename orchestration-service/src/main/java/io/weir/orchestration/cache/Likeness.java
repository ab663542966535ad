package io.weir.orchestration.cache;

import io.weir.orchestration.budget.Payer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;

/// Whether a message means the same as another: alike by an [Embedder], and with the same [Gist], however alike they
/// are. Safe for use by many threads.
final class Likeness {

    /// What is longer is not compared: long messages rarely mean the same without being the same.
    static final int LONGEST = 2_000;

    // Of one gist there are but so many ways to put it.
    private static final int MOST_COMPARED = 16;

    private final Embedder embedder;

    Likeness(Embedder embedder) {
        this.embedder = embedder;
    }

    private record Scored(KeptPrompt prompt, double similarity) {}

    /// The one that is most like it of those that mean the same; empty where there is none, or it cannot be known in
    /// time. The embedder is asked only where the gists of some are equal.
    ///
    /// @param prompts the latest first
    Mono<KeptPrompt> nearest(Payer payer, String text, List<KeptPrompt> prompts, double threshold) {
        Gist gist = Gist.of(text);
        if (gist.isEmpty()) {
            return Mono.empty();
        }
        List<KeptPrompt> same = prompts.stream()
                .filter(prompt -> Gist.of(prompt.text()).equals(gist))
                .limit(MOST_COMPARED)
                .toList();
        if (same.isEmpty()) {
            return Mono.empty();
        }
        List<String> texts = Stream.concat(Stream.of(text), same.stream().map(KeptPrompt::text))
                .toList();
        return embedder.directions(payer, texts)
                .flatMap(directions -> Mono.justOrEmpty(nearest(same, directions, threshold)));
    }

    private static Optional<KeptPrompt> nearest(List<KeptPrompt> same, List<float[]> directions, double threshold) {
        float[] wanted = directions.getFirst();
        List<Scored> scored = new ArrayList<>();
        for (int i = 0; i < same.size(); i++) {
            scored.add(new Scored(same.get(i), Embedder.similarity(wanted, directions.get(i + 1))));
        }
        return scored.stream()
                .filter(each -> each.similarity() >= threshold)
                .max(Comparator.comparingDouble(Scored::similarity))
                .map(Scored::prompt);
    }
}
