package io.weir.orchestration.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.orchestration.idempotency.Claims.Found;
import io.weir.orchestration.idempotency.Claims.Found.Answered;
import io.weir.orchestration.idempotency.Claims.Found.Free;
import io.weir.orchestration.idempotency.Claims.Found.NotKept;
import io.weir.orchestration.idempotency.Claims.Found.OtherRequest;
import io.weir.orchestration.idempotency.Claims.Found.Running;
import io.weir.orchestration.idempotency.Claims.Reason;
import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// What holds for claims wherever they are kept.
interface ClaimsContract {

    Duration PATIENCE = Duration.ofSeconds(10);

    Claims claims();

    /// The same, but a claim that nobody renews is over after a second.
    Claims shortClaims();

    private static Claim claim(TenantId tenant, String requestId, String body) {
        return Claim.of(
                tenant,
                "keyabc",
                new IdempotencyKey("k"),
                requestId,
                "POST",
                "/v1/chat/completions",
                body.getBytes(StandardCharsets.UTF_8));
    }

    private static TenantId tenant() {
        return new TenantId(UUID.randomUUID());
    }

    private static KeptAnswer answer(byte[] body) {
        return new KeptAnswer(new KeptAnswer.Head(200, Map.of("content-type", List.of("a", "b"))), body);
    }

    private Found found(Claim claim) {
        return got(claims().claim(claim));
    }

    private static <T> T got(Mono<T> mono) {
        T value = mono.block(PATIENCE);
        if (value == null) {
            throw new AssertionError("nothing");
        }
        return value;
    }

    @Test
    default void ofManyAtOnceOneGetsIt() {
        TenantId tenant = tenant();
        List<Found> found = got(Flux.range(0, 64)
                .flatMap(i -> claims().claim(claim(tenant, "r" + i, "{}")), 64)
                .collectList());
        assertThat(found).filteredOn(Free.class::isInstance).hasSize(1);
        assertThat(found).filteredOn(Running.class::isInstance).hasSize(63);
    }

    @Test
    default void anotherRequestAndAnotherTenantAreToldApart() {
        TenantId tenant = tenant();
        assertThat(found(claim(tenant, "r1", "{}"))).isEqualTo(new Free());
        assertThat(found(claim(tenant, "r2", "{}"))).isEqualTo(new Running("r1"));
        assertThat(found(claim(tenant, "r3", "{} "))).isEqualTo(new OtherRequest("r1"));
        assertThat(found(claim(tenant(), "r4", "{}"))).isEqualTo(new Free());
    }

    @Test
    default void twoApiKeysOfATenantCallTheirRequestsAsTheyLike() {
        TenantId tenant = tenant();
        assertThat(found(claim(tenant, "r1", "{}"))).isEqualTo(new Free());
        Claim other =
                Claim.of(tenant, "another", new IdempotencyKey("k"), "r2", "POST", "/v1/chat/completions", new byte[0]);
        assertThat(found(other)).isEqualTo(new Free());
    }

    @Test
    default void whatIsKeptIsFoundToTheByte() {
        TenantId tenant = tenant();
        Claim first = claim(tenant, "r1", "{}");
        found(first);
        byte[] body = new byte[256];
        for (int i = 0; i < body.length; i++) {
            body[i] = (byte) i;
        }
        assertThat(got(claims().keep(first, answer(body)))).isTrue();
        assertThat(found(claim(tenant, "r2", "{}"))).isInstanceOfSatisfying(Answered.class, kept -> {
            assertThat(kept.requestId()).isEqualTo("r1");
            assertThat(kept.answer().body()).isEqualTo(body);
            assertThat(kept.answer().head()).isEqualTo(answer(body).head());
        });
        assertThat(found(claim(tenant, "r3", "{} "))).isEqualTo(new OtherRequest("r1"));
    }

    @Test
    default void anEmptyAnswerIsOne() {
        TenantId tenant = tenant();
        Claim first = claim(tenant, "r1", "{}");
        found(first);
        got(claims().keep(first, answer(new byte[0])));
        assertThat(found(claim(tenant, "r2", "{}")))
                .isInstanceOfSatisfying(
                        Answered.class, kept -> assertThat(kept.answer().body()).isEmpty());
    }

    @Test
    default void aMarkSaysWhy() {
        for (Reason why : Reason.values()) {
            TenantId tenant = tenant();
            Claim first = claim(tenant, "r1", "{}");
            found(first);
            assertThat(got(claims().mark(first, why))).isTrue();
            assertThat(found(claim(tenant, "r2", "{}"))).isEqualTo(new NotKept("r1", why));
        }
    }

    @Test
    default void whatIsReleasedIsFree() {
        TenantId tenant = tenant();
        Claim first = claim(tenant, "r1", "{}");
        found(first);
        claims().release(first).block(PATIENCE);
        assertThat(found(claim(tenant, "r2", "{}"))).isEqualTo(new Free());
    }

    @Test
    default void nobodyEndsWhatIsAnothers() {
        TenantId tenant = tenant();
        Claim first = claim(tenant, "r1", "{}");
        Claim other = claim(tenant, "r2", "{}");
        found(first);
        assertThat(got(claims().renew(other))).isFalse();
        assertThat(got(claims().mark(other, Reason.BROKEN))).isFalse();
        assertThat(got(claims().keep(other, answer(new byte[1])))).isFalse();
        claims().release(other).block(PATIENCE);
        assertThat(found(claim(tenant, "r3", "{}"))).isEqualTo(new Running("r1"));
    }

    @Test
    default void aLateRenewalDoesNotUndoAnAnswer() {
        TenantId tenant = tenant();
        Claim first = claim(tenant, "r1", "{}");
        found(first);
        got(claims().keep(first, answer(new byte[1])));
        assertThat(got(claims().renew(first))).isTrue();
        assertThat(found(claim(tenant, "r2", "{}"))).isInstanceOf(Answered.class);
    }

    @Test
    default void aClaimThatNobodyRenewsIsOverByItself() {
        TenantId tenant = tenant();
        Claim abandoned = claim(tenant, "r1", "{}");
        assertThat(got(shortClaims().claim(abandoned))).isEqualTo(new Free());
        Eventually.passes(
                PATIENCE, () -> assertThat(found(claim(tenant, "r2", "{}"))).isEqualTo(new Free()));
        assertThat(got(claims().keep(abandoned, answer(new byte[1])))).isFalse();
    }
}
