package io.weir.orchestration.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.orchestration.dialect.OpenAiDialect;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CircuitTests {

    private static final TenantId ONE = new TenantId(new UUID(0, 1));
    private static final TenantId OTHER = new TenantId(new UUID(0, 2));

    private static Circuit circuit(Provider provider) {
        CircuitBreakerConfig config = CircuitBreakerConfig.custom()
                .slidingWindowSize(20)
                .minimumNumberOfCalls(10)
                .failureRateThreshold(50)
                .waitDurationInOpenState(Duration.ofHours(1))
                .build();
        return new Circuit(provider, "gpt", CircuitBreaker.of("gpt", config), new SimpleMeterRegistry());
    }

    private static Circuit shared() {
        return circuit(new Provider("openai", "http://x/v1", "k", new OpenAiDialect()));
    }

    private static ProviderFailure failure(ProviderFailure.Kind kind, @Nullable Integer status) {
        return new ProviderFailure(kind, new PlatformException(ProblemType.UPSTREAM_ERROR, "no"), status, null);
    }

    private static void fails(Circuit circuit, TenantId tenant, ProviderFailure failure) {
        circuit.enter(tenant);
        circuit.failed(tenant, 1, failure);
    }

    @Test
    void whatOnlyOneTenantsCallsMeetShutsThatTenantOut() {
        Circuit circuit = shared();
        for (int i = 0; i < 20; i++) {
            fails(circuit, ONE, failure(ProviderFailure.Kind.BROKEN, 500));
        }
        assertThatThrownBy(() -> circuit.enter(ONE)).isInstanceOf(ProviderFailure.class);
        assertThatCode(() -> circuit.enter(OTHER)).doesNotThrowAnyException();
        assertThat(circuit.isShut()).isFalse();
    }

    @Test
    void whatSeveralTenantsMeetShutsAllOut() {
        Circuit circuit = shared();
        for (int i = 0; i < 11; i++) {
            fails(circuit, i % 2 == 0 ? ONE : OTHER, failure(ProviderFailure.Kind.BROKEN, 500));
        }
        assertThat(circuit.isShut()).isTrue();
        assertThatThrownBy(() -> circuit.enter(new TenantId(new UUID(0, 3)))).isInstanceOf(ProviderFailure.class);
    }

    @Test
    void whoCannotBeReachedIsShutForAllWhoeverAsks() {
        Circuit circuit = shared();
        for (int i = 0; i < 10; i++) {
            fails(circuit, ONE, failure(ProviderFailure.Kind.UNREACHABLE, null));
        }
        assertThat(circuit.isShut()).isTrue();
    }

    @Test
    void refusalsOfATenantsRequestsShutNobodyOut() {
        Circuit circuit = shared();
        for (int i = 0; i < 50; i++) {
            fails(circuit, ONE, failure(ProviderFailure.Kind.REFUSED, 401));
        }
        assertThatCode(() -> circuit.enter(ONE)).doesNotThrowAnyException();
    }

    @Test
    void aTenantsOwnKeyThatIsRefusedIsLeftAlone() {
        Provider shared = new Provider("openai", "http://x/v1", "k", new OpenAiDialect());
        Circuit circuit = circuit(shared.with(ProviderAccount.ofTenant(ONE, "key-1", false, () -> "k"), null));
        for (int i = 0; i < 10; i++) {
            fails(
                    circuit,
                    ONE,
                    new ProviderFailure(
                            ProviderFailure.Kind.REFUSED,
                            new PlatformException(ProblemType.PROVIDER_KEY_REFUSED, "no"),
                            401,
                            null));
        }
        assertThatThrownBy(() -> circuit.enter(ONE)).isInstanceOf(ProviderFailure.class);
    }
}
