package io.weir.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FreePortTests {

    @Test
    void noLastingPortIsGivenTwiceThoughNobodyListensYet() {
        int[] given = IntStream.range(0, 600).map(i -> FreePort.lasting()).toArray();

        assertThat(given).doesNotHaveDuplicates();
    }
}
