package io.weir.billing.credit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.weir.billing.credit.Wallet.Debit;
import io.weir.billing.credit.Wallet.Drawn;
import io.weir.billing.credit.Wallet.Grant;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WalletPropertyTests {

    private static final Instant NOW = Instant.parse("2026-11-24T00:00:00Z");

    @Property(tries = 10_000)
    void theWalletIsNeverNegativeAndNothingIsLost(@ForAll long seed) {
        Random random = new Random(seed);
        Wallet wallet = new Wallet(grants(random));
        long before = total(wallet);
        long drawn = 0;
        Instant now = NOW;
        for (int i = 0; i < 8; i++) {
            now = now.plus(Duration.ofDays(random.nextInt(5)));
            long wanted = random.nextInt(500);
            long available = wallet.available(now);
            Drawn draw = wallet.draw(wanted, now);
            assertThat(draw.amount()).isEqualTo(Math.min(wanted, available));
            wallet = draw.wallet();
            drawn += draw.amount();
            assertThat(wallet.grants())
                    .allSatisfy(grant -> assertThat(grant.left()).isNotNegative());
        }
        assertThat(total(wallet) + drawn).isEqualTo(before);
    }

    @Property(tries = 10_000)
    void theOrderInWhichGrantsAreKeptDecidesNothing(@ForAll long seed) {
        Random random = new Random(seed);
        List<Grant> grants = grants(random);
        List<Grant> shuffled = new ArrayList<>(grants);
        Collections.shuffle(shuffled, random);
        assertThat(new Wallet(shuffled).draw(400, NOW).debits())
                .isEqualTo(new Wallet(grants).draw(400, NOW).debits());
    }

    @Test
    void priorityComesFirstThenTheEarliestExpiryThenTheOldest() {
        Wallet wallet = new Wallet(List.of(
                grant("never", 1, 0, null),
                grant("late", 1, 0, NOW.plusSeconds(90)),
                grant("soon-young", 1, 0, NOW.plusSeconds(9)),
                grant("soon-old", 1, 5, NOW.plusSeconds(9)),
                grant("first", 0, 0, null),
                grant("gone", 0, 9, NOW),
                grant("future", 0, -9, null)));
        assertThat(wallet.available(NOW)).isEqualTo(50);
        assertThat(wallet.draw(45, NOW).debits())
                .containsExactly(
                        new Debit("first", 10),
                        new Debit("soon-old", 10),
                        new Debit("soon-young", 10),
                        new Debit("late", 10),
                        new Debit("never", 5));
        assertThatIllegalArgumentException().isThrownBy(() -> wallet.draw(-1, NOW));
        assertThatIllegalArgumentException().isThrownBy(() -> new Grant("a", 0, -1, NOW, null));
    }

    private static Grant grant(String id, int priority, long age, @Nullable Instant expiry) {
        return new Grant(id, priority, 10, NOW.minusSeconds(age), expiry);
    }

    private static long total(Wallet wallet) {
        return wallet.grants().stream().mapToLong(Grant::left).sum();
    }

    private static List<Grant> grants(Random random) {
        List<Grant> grants = new ArrayList<>();
        for (int i = random.nextInt(6); i >= 0; i--) {
            Instant expiry = random.nextBoolean() ? NOW.plus(Duration.ofDays(random.nextInt(30))) : null;
            grants.add(new Grant(
                    "grant-" + i, random.nextInt(3), random.nextInt(300), NOW.minusSeconds(random.nextInt(3)), expiry));
        }
        return grants;
    }
}
