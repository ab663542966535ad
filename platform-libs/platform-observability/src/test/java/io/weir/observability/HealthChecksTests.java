package io.weir.observability;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class HealthChecksTests {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    @Test
    void oneThatFailsAndOneThatHangsDoNotHideOneThatWorks() {
        HealthChecks checks = new HealthChecks(List.of(
                check("works", Mono.empty()),
                check("hangs", Mono.never()),
                check("explains", Mono.error(new HealthCheckFailedException("lag of 9 s"))),
                check("fails", Mono.error(new IllegalStateException("password=hunter2 at 10.0.0.7")))));

        assertThat(checks.results().block(LIMIT))
                .isEqualTo(Map.of(
                        "works", "healthy",
                        "hangs", "unhealthy: no answer within 1000 ms",
                        "explains", "unhealthy: lag of 9 s",
                        "fails", "unhealthy: IllegalStateException"));
    }

    @Test
    void aCheckThatThrowsInsteadOfFailingIsUnhealthyToo() {
        HealthCheck throwing = new HealthCheck() {
            @Override
            public String name() {
                return "throws";
            }

            @Override
            public Mono<Void> check() {
                throw new UnsupportedOperationException();
            }
        };
        assertThat(new HealthChecks(List.of(throwing)).results().block(LIMIT))
                .isEqualTo(Map.of("throws", "unhealthy: UnsupportedOperationException"));
    }

    @Test
    void askingOftenAsksTheDependencyOnce() {
        AtomicInteger asked = new AtomicInteger();
        HealthChecks checks = new HealthChecks(List.of(check("counted", Mono.fromRunnable(asked::incrementAndGet))));
        for (int i = 0; i < 100; i++) {
            checks.results().block(LIMIT);
        }
        assertThat(asked).hasValueLessThan(5);
    }

    private static HealthCheck check(String name, Mono<Void> outcome) {
        return new HealthCheck() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Mono<Void> check() {
                return outcome;
            }
        };
    }
}
