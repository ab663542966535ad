package io.weir.simulators.provider.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ProsePropertyTests {

    private static final Tokenizer TOKENIZER = new Tokenizer();

    @Example
    void everyWordIsOneToken() {
        assertThat(Prose.words()).allMatch(word -> TOKENIZER.count(word) == 1);
    }

    @Property(tries = 200)
    void theTextHasAsManyTokensAsPieces(@ForAll long seed, @ForAll @IntRange(max = 300) int count) {
        List<String> pieces = Prose.tokens(seed, count);
        assertThat(pieces).hasSize(count);
        assertThat(TOKENIZER.count(String.join("", pieces))).isEqualTo(count);
    }

    @Property(tries = 50)
    void aShorterTextIsThePrefixOfALongerOne(@ForAll long seed, @ForAll @IntRange(min = 1, max = 50) int count) {
        assertThat(Prose.tokens(seed, 50)).startsWith(Prose.tokens(seed, count).toArray(String[]::new));
    }
}
