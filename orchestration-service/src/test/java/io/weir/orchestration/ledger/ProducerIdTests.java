package io.weir.orchestration.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProducerIdTests {

    @Test
    void itIsAsConfiguredElseAfterHostAndPort() {
        assertThat(ProducerId.of("a-1", null, "8080").value()).isEqualTo("a-1");
        assertThat(ProducerId.of("", "pod-7", "8080").value()).isEqualTo("orchestration-pod-7-8080");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " ", "localhost", "localhost.localdomain", "localhost6", "ip6-localhost", "LOCALHOST"})
    void aHostWithoutANameOfItsOwnMustBeGivenOne(@Nullable String host) {
        assertThatIllegalStateException()
                .isThrownBy(() -> ProducerId.of("", host, "8080"))
                .withMessageContaining("Set weir.ledger.producer-id");
    }

    @Test
    void whereThePortIsChosenAtTheStartItMustBeGivenOneToo() {
        assertThat(ProducerId.of("a-1", "pod-7", "0").value()).isEqualTo("a-1");
        assertThatIllegalStateException()
                .isThrownBy(() -> ProducerId.of("", "pod-7", "0"))
                .withMessageContaining("Set weir.ledger.producer-id");
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", ".hidden", "a/b", "a b", "-rf", "ä"})
    void whatIsNoNameOfADirectoryIsRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProducerId.of(name, "pod", "8080"))
                .withMessageContaining("weir.ledger.producer-id: '" + name + "'");
    }
}
