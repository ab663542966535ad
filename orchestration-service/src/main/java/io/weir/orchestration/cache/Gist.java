package io.weir.orchestration.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a message asks for, apart from how it asks: the guard of the semantic cache. Two messages may share an answer
/// only where their gists are equal. Nothing that could be a name, a number, a unit, a date, a negation, a comparison
/// or a relation is ever left out of it, and its order stands; what is quoted, code, or follows a colon stays to the
/// letter. Only politeness, articles and a few turns of phrase that are known to ask for the same are made one.
///
/// @param literals to the letter
/// @param words of the rest, in their order
record Gist(List<String> literals, List<String> words) {

    private static final Pattern LITERAL = Pattern.compile(
            "```.*?(?:```|$)|`[^`]*(?:`|$)|\"[^\"]*(?:\"|$)|[\\u201c\\u201e][^\\u201d\\u201c]*(?:[\\u201d\\u201c]|$)"
                    + "|\\u00ab[^\\u00bb]*(?:\\u00bb|$)|(?<![\\p{L}\\p{N}])'[^']+'(?![\\p{L}\\p{N}])"
                    + "|(?<=:)\\s+\\S.*$|\\R.*$",
            Pattern.DOTALL);

    private static final Pattern TOKEN = Pattern.compile(
            "\\p{N}+(?:[.,:]\\p{N}+)*|[\\p{L}\\p{M}]+(?:['\\u2019.\\-_]?[\\p{L}\\p{M}\\p{N}]+)*|\\R|[^\\s]");

    static Gist of(String text) {
        String stripped = text.strip();
        List<String> literals = new ArrayList<>();
        StringBuilder rest = new StringBuilder();
        Matcher literal = LITERAL.matcher(stripped);
        int from = 0;
        while (literal.find()) {
            rest.append(stripped, from, literal.start()).append(" \u0000 ");
            literals.add(literal.group().strip());
            from = literal.end();
        }
        rest.append(stripped, from, stripped.length());
        List<String> tokens = new ArrayList<>();
        Matcher token = TOKEN.matcher(rest);
        while (token.find()) {
            tokens.add(token.group());
        }
        return new Gist(List.copyOf(literals), Phrasing.reduced(tokens));
    }

    /// Whether there is anything that it asks for.
    boolean isEmpty() {
        return words.stream().noneMatch(word -> word.codePoints().anyMatch(Character::isLetterOrDigit));
    }
}
