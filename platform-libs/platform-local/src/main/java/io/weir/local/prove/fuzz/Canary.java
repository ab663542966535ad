package io.weir.local.prove.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A word that is in everything that one tenant sends, and in nothing of anybody else's.
public record Canary(String word) {

    private static final Pattern ANY = Pattern.compile("zq[0-9a-z]{12}qz");
    private static final int DIGITS = 36;
    private static final int LENGTH = 12;

    static Canary of(SplittableRandom random) {
        StringBuilder word = new StringBuilder("zq");
        for (int i = 0; i < LENGTH; i++) {
            word.append(Character.forDigit(random.nextInt(DIGITS), DIGITS));
        }
        return new Canary(word.append("qz").toString());
    }

    /// The first that stands in a text.
    static @Nullable String in(byte[] text) {
        Matcher found = ANY.matcher(new String(text, StandardCharsets.ISO_8859_1));
        return found.find() ? found.group() : null;
    }

    boolean isIn(String text) {
        return text.contains(word);
    }

    /// Another tenant's in a text that was answered to this one.
    Optional<Canary> foreign(String text, Collection<Canary> all) {
        return all.stream().filter(other -> !equals(other) && other.isIn(text)).findFirst();
    }
}
