package io.weir.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.proof.attack.MessageAttacks;
import io.weir.proof.attack.MessageAttacks.Forgery;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Passports and snapshots that nobody with the right to them wrote.
class ForgedMessageTests {

    static Stream<Forgery> forgeries() {
        return MessageAttacks.all().stream();
    }

    @ParameterizedTest
    @MethodSource("forgeries")
    void aForgeryIsRefused(Forgery forgery) throws IOException {
        assertThat(forgery.tried()).isEmpty();
    }
}
