package io.weir.r2dbc.governance;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.tenancy.MissingTenantException;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantScope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

class TenantCacheTests {

    private static final Duration WAIT = Duration.ofSeconds(10);
    private static final TenantContext ACME = tenant();
    private static final TenantContext GLOBEX = tenant();

    private final AtomicInteger readings = new AtomicInteger();
    private final AtomicReference<String> stored = new AtomicReference<>("first");
    private final TenantCache<String> cache =
            new TenantCache<>("names", 1_000, Duration.ofMinutes(5), Duration.ofSeconds(5));

    // What is read is stamped with the tenant for whom it was read.
    private final Mono<String> reading = TenantScope.current().map(tenant -> {
        readings.incrementAndGet();
        return tenant.id() + " " + stored.get();
    });

    @Test
    void theSameQuestionIsAnsweredFromMemory() {
        assertThat(get(ACME)).isEqualTo(ACME.id() + " first");
        stored.set("second");
        assertThat(get(ACME)).isEqualTo(ACME.id() + " first");
        assertThat(readings).hasValue(1);
    }

    @Test
    void twoTenantsWithTheSameArgumentsNeverShare() {
        assertThat(get(ACME)).startsWith(ACME.id().toString());
        assertThat(get(GLOBEX)).startsWith(GLOBEX.id().toString());
        assertThat(get(ACME)).startsWith(ACME.id().toString());
        assertThat(readings).hasValue(2);
    }

    @Test
    void twoTenantsAskingAtOnceNeverShare() {
        Sinks.One<Boolean> go = Sinks.one();
        Mono<String> slow = go.asMono().then(reading);
        List<String> acme = new ArrayList<>();
        List<String> globex = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            ask(ACME, slow).subscribe(acme::add);
            ask(GLOBEX, slow).subscribe(globex::add);
        }
        go.tryEmitValue(true);
        assertThat(acme)
                .hasSize(50)
                .allMatch(answer -> answer.startsWith(ACME.id().toString()));
        assertThat(globex)
                .hasSize(50)
                .allMatch(answer -> answer.startsWith(GLOBEX.id().toString()));
        assertThat(readings).hasValue(2);
    }

    @Test
    void withoutATenantThereIsNoAnswer() {
        get(ACME);
        StepVerifier.create(cache.get(List.of("a"), reading))
                .expectError(MissingTenantException.class)
                .verify(WAIT);
    }

    @Test
    void aReadingThatItsAskerLeftAnswersTheOthers() {
        Sinks.One<String> answer = Sinks.one();
        AtomicReference<String> second = new AtomicReference<>();
        var first = ask(ACME, answer.asMono()).subscribe();
        ask(ACME, Mono.error(new IllegalStateException("a second reading"))).subscribe(second::set);
        first.dispose();
        answer.tryEmitValue("answered");
        assertThat(second).hasValue("answered");
    }

    @Test
    void anErrorIsNotKept() {
        StepVerifier.create(ask(ACME, Mono.error(new IllegalArgumentException("no"))))
                .expectError(IllegalArgumentException.class)
                .verify(WAIT);
        assertThat(get(ACME)).endsWith("first");
    }

    @Test
    void nothingIsNotKept() {
        StepVerifier.create(ask(ACME, Mono.empty())).expectComplete().verify(WAIT);
        assertThat(get(ACME)).endsWith("first");
    }

    @Test
    void aReadingThatNeverEndsIsGivenUp() {
        TenantCache<String> hasty = new TenantCache<>("names", 10, Duration.ofMinutes(5), Duration.ofMillis(50));
        StepVerifier.create(hasty.get(List.of(), Mono.<String>never()).contextWrite(TenantScope.entering(ACME)))
                .expectErrorMessage("reading names took longer than PT0.05S")
                .verify(WAIT);
        assertThat(hasty.size()).isZero();
    }

    @Test
    void whoeverWroteReadsWhatWasWritten() {
        get(ACME);
        get(GLOBEX);
        write(ACME, Mono.fromRunnable(() -> stored.set("second")));
        assertThat(get(ACME)).endsWith("second");
        assertThat(get(GLOBEX)).endsWith("first");
    }

    // It may have been committed although its caller never heard so.
    @Test
    void aWriteThatFailedMayHaveWritten() {
        get(ACME);
        stored.set("second");
        StepVerifier.create(cache.written(Mono.error(new IllegalStateException("connection lost")))
                        .contextWrite(TenantScope.entering(ACME)))
                .expectError(IllegalStateException.class)
                .verify(WAIT);
        assertThat(get(ACME)).endsWith("second");
    }

    @Test
    void aWriteThatWasCancelledMayHaveWritten() {
        get(ACME);
        stored.set("second");
        cache.written(Mono.never())
                .contextWrite(TenantScope.entering(ACME))
                .subscribe()
                .dispose();
        assertThat(get(ACME)).endsWith("second");
    }

    @Test
    void aWriteDuringTheReadingLeavesNoOldAnswer() {
        Sinks.One<String> old = Sinks.one();
        ask(ACME, old.asMono()).subscribe();
        write(ACME, Mono.fromRunnable(() -> stored.set("second")));
        old.tryEmitValue("an old answer");
        assertThat(get(ACME)).endsWith("second");
    }

    @Test
    void aChangeFromAnotherProcessEndsWhatWasRead() {
        get(ACME);
        stored.set("second");
        cache.forget(ACME.id());
        assertThat(get(ACME)).endsWith("second");
    }

    @Test
    void itIsBounded() {
        for (int i = 0; i < 5_000; i++) {
            cache.get(List.of(i), reading)
                    .contextWrite(TenantScope.entering(ACME))
                    .block(WAIT);
        }
        assertThat(cache.size()).isLessThanOrEqualTo(1_000);
    }

    private String get(TenantContext tenant) {
        return Objects.requireNonNull(ask(tenant, reading).block(WAIT));
    }

    private Mono<String> ask(TenantContext tenant, Mono<String> from) {
        return cache.get(List.of("a"), from).contextWrite(TenantScope.entering(tenant));
    }

    private void write(TenantContext tenant, Mono<Void> work) {
        cache.written(work).contextWrite(TenantScope.entering(tenant)).block(WAIT);
    }

    private static TenantContext tenant() {
        return new TenantContext(new TenantId(UUID.randomUUID()), "growth", Placement.POOL, "local");
    }
}
