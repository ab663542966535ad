package io.weir.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;

class ApiKeyPropertyTests {

    private static final int PREFIX = "weir_live_".length();
    private static final int LENGTH = PREFIX + 12 + 32 + 6;

    @Property
    void aGeneratedKeyIsWellFormedAndNamesItsId(@ForAll long seed) {
        ApiKey key = ApiKey.generate(ApiKey.Mode.LIVE, new Random(seed));
        assertThat(key.reveal()).hasSize(LENGTH).startsWith("weir_live_" + key.id());
        assertThat(ApiKey.read(key.reveal())).isInstanceOf(ApiKey.Reading.WellFormed.class);
        assertThat(key.toString()).doesNotContain(key.reveal());
    }

    @Property
    void oneChangedCharacterIsTakenForATypo(@ForAll long seed, @ForAll @IntRange(max = 49) int position) {
        String good = ApiKey.generate(ApiKey.Mode.TEST, new Random(seed)).reveal();
        int at = PREFIX + position;
        char other = good.charAt(at) == 'a' ? 'b' : 'a';
        String typo = good.substring(0, at) + other + good.substring(at + 1);
        assertThat(ApiKey.read(typo)).isInstanceOf(ApiKey.Reading.WrongChecksum.class);
    }

    @Property
    void anyOtherTextIsMalformed(@ForAll @StringLength(max = 100) String text) {
        assertThat(ApiKey.read(text)).isInstanceOf(ApiKey.Reading.Malformed.class);
    }

    @Example
    void aKeyMatchesItsOwnHashUnderItsOwnPepperOnly() {
        ApiKey key = ApiKey.generate(ApiKey.Mode.LIVE, new SecureRandom());
        ApiKey other = ApiKey.generate(ApiKey.Mode.LIVE, new SecureRandom());
        Pepper pepper = Pepper.of("a pepper of at least thirty-two bytes");
        String hash = pepper.hash(key);
        assertThat(hash).hasSize(64);
        assertThat(pepper.matches(key, hash)).isTrue();
        assertThat(pepper.matches(other, hash)).isFalse();
        assertThat(Pepper.of("another pepper of thirty-two bytes!!").matches(key, hash))
                .isFalse();
    }
}
