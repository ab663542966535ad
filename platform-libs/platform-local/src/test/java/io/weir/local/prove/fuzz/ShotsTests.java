package io.weir.local.prove.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.local.prove.load.Customer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShotsTests {

    private static final List<Customer> CUSTOMERS =
            List.of(new Customer("a", "1", "weir_a", null, 1), new Customer("b", "2", "weir_b", null, 1));
    private static final List<Canary> CANARIES =
            List.of(Canary.of(new SplittableRandom(1)), Canary.of(new SplittableRandom(2)));
    private static final int MANY = 600;

    private static Shots shots(long seed) {
        return new Shots(seed, CUSTOMERS, CANARIES);
    }

    @Test
    void theSameSeedAndNumberGiveTheSameShot() {
        for (int i = 0; i < MANY; i++) {
            assertThat(shots(9).at(i).bytes()).isEqualTo(shots(9).at(i).bytes());
        }
        assertThat(shots(9).at(3).bytes()).isNotEqualTo(shots(8).at(3).bytes());
    }

    @Test
    void noShotHoldsWhatAnotherTenantSends() {
        for (int i = 0; i < MANY; i++) {
            Shot shot = shots(9).at(i);
            String text = new String(shot.bytes(), StandardCharsets.UTF_8);
            assertThat(CANARIES.get(shot.tenant()).foreign(text, CANARIES)).isEmpty();
        }
    }

    @Test
    void someAreRightAndAllKindsOfDamageComeUp() {
        Set<String> whats = new HashSet<>();
        long right = IntStream.range(0, MANY)
                .mapToObj(shots(9)::at)
                .peek(shot -> whats.add(shot.what()))
                .filter(shot -> shot.what().startsWith("right"))
                .count();

        assertThat(right).isGreaterThan(MANY / 10);
        assertThat(String.join("\n", whats))
                .contains("10,000 headers", "two lengths", "no UTF-8", "chunks of false size", "a huge name", "twice");
    }

    @Test
    void aSmallerInputThatShowsTheSameIsFound() {
        byte[] body = "0123456789abcdefX0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

        byte[] smallest =
                Shrinking.smallest(body, candidate -> new String(candidate, StandardCharsets.US_ASCII).contains("X"));

        assertThat(smallest).isEqualTo(new byte[] {'X'});
    }

    @Test
    void aSmallerBodyTellsItsOwnLength() {
        Shot shot = new Shot(
                1,
                0,
                "",
                "POST / HTTP/1.1\r\ncontent-length: 33\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
                new byte[33],
                Shot.Delivery.WHOLE,
                true);

        assertThat(new String(shot.withBody(new byte[2]).head(), StandardCharsets.US_ASCII))
                .contains("content-length: 2\r\n");
    }
}
