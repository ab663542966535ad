package io.weir.simulators.provider.generation;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/// Text made of words that are one token each, so that its pieces are its tokens: a reader may count either.
public final class Prose {

    private static final int SENTENCE = 12;

    // One token each in o200k_base, both bare and after a space; a test proves it.
    private static final String WORDS = """
            water river stream flow gate lock level bank current measure meter stone bridge rain source lake sea wave
            drop deep wide slow fast clear cold warm early late small large long short high low near far under over
            between after before every other first last same new old good right left open close move turn hold keep
            give take make build carry share count read write send call answer question reason value price cost sum
            total part whole line point rule plan time hour day week month year night light dark north south east west
            city field forest road path house door window table paper book page word letter number name story picture
            """;

    private static final List<String> FIRST = List.of(WORDS.strip().split("\\s+"));
    private static final List<String> FOLLOWING =
            FIRST.stream().map(word -> " " + word).toList();

    private Prose() {}

    /// So many tokens of text, the same for the same seed. The shorter text is a prefix of the longer one.
    public static List<String> tokens(long seed, int count) {
        SplittableRandom random = new SplittableRandom(seed);
        List<String> tokens = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            tokens.add(tokenAt(i, random.nextInt(FIRST.size())));
        }
        return tokens;
    }

    private static String tokenAt(int position, int word) {
        if (position == 0) {
            return FIRST.get(word);
        }
        return position % SENTENCE == SENTENCE - 1 ? "." : FOLLOWING.get(word);
    }

    static Stream<String> words() {
        return Stream.concat(FIRST.stream(), FOLLOWING.stream());
    }
}
