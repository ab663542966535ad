package io.weir.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

class TenancyTests {

    private static final TenantContext ACME =
            new TenantContext(TenantId.of("0195a0c0-0000-7000-8000-00000000000a"), "growth", Placement.POOL, "local");

    @Test
    void workWithoutATenantFails() {
        StepVerifier.create(TenantScope.current())
                .expectError(MissingTenantException.class)
                .verify(Duration.ofSeconds(5));
    }

    @Test
    void theTenantFollowsTheWorkToOtherThreads() {
        Mono<TenantContext> hopping = Mono.just(1)
                .publishOn(Schedulers.parallel())
                .flatMap(any -> TenantScope.current())
                .subscribeOn(Schedulers.boundedElastic())
                .contextWrite(TenantScope.entering(ACME));
        StepVerifier.create(hopping).expectNext(ACME).expectComplete().verify(Duration.ofSeconds(5));
    }

    @Test
    void theTenantDoesNotLeakDownstream() {
        Mono<TenantContext> after =
                Mono.just(1).contextWrite(TenantScope.entering(ACME)).flatMap(any -> TenantScope.current());
        StepVerifier.create(after).expectError(MissingTenantException.class).verify(Duration.ofSeconds(5));
    }

    @Test
    void platformWorkSaysWhy() {
        assertThatThrownBy(() -> new ExecutionScope.ForPlatform(" ")).isInstanceOf(IllegalArgumentException.class);
        assertThat(new ExecutionScope.ForTenant(ACME).tenant()).isEqualTo(ACME);
    }

    @Test
    void aContextNamesPlanAndRegion() {
        assertThatThrownBy(() -> new TenantContext(ACME.id(), "", Placement.POOL, "local"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(Placement.POOL.wireName()).isEqualTo("pool");
    }

    @Property
    void noTextButACanonicalUuidIsATenantId(@ForAll String text) {
        assertThatThrownBy(() -> TenantId.of(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Example
    void aShortenedUuidIsRefusedThoughTheJdkTakesIt() {
        assertThatThrownBy(() -> TenantId.of("1-1-1-1-1")).isInstanceOf(IllegalArgumentException.class);
        assertThat(TenantId.of(ACME.id().toString())).isEqualTo(ACME.id());
        assertThat(TenantId.PLATFORM).isLessThan(ACME.id());
    }

    @Example
    void aSlugIsADnsLabelAndNamesASchema() {
        assertThat(new TenantSlug("acme-corp").schemaName()).isEqualTo("tenant_acme_corp");
        for (String bad :
                new String[] {"", "ab", "-ab", "ab-", "a--b", "Acme", "a_b", "1ab", "a".repeat(41), "a b", "ä-b"}) {
            assertThatThrownBy(() -> new TenantSlug(bad)).as(bad).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
