package io.weir.orchestration.ledger;

import io.micrometer.core.instrument.MeterRegistry;
import io.weir.kafka.KafkaProperties;
import io.weir.kafka.TopicSpec;
import io.weir.ledger.LedgerWriter;
import io.weir.ledger.LedgerWriterOptions;
import io.weir.ledger.SpillNotice;
import io.weir.ledger.SpoolOptions;
import io.weir.observability.HealthCheck;
import io.weir.observability.HealthCheckFailedException;
import io.weir.observability.ReadinessCondition;
import io.weir.observability.kafka.TraceHeaders;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Mono;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(LedgerProperties.class)
class LedgerConfiguration {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String SERVICE = "orchestration";

    @Bean
    TopicSpec usageTopic(LedgerProperties ledger) {
        return TopicSpec.retained(LedgerWriter.TOPIC, ledger.partitions(), ledger.retention())
                .stampedByTheBroker();
    }

    @Bean
    ProducerId producerId(LedgerProperties ledger, @Value("${server.port:8080}") String port) {
        return ProducerId.of(ledger.producerId(), ProducerId.host(), port);
    }

    @Bean
    LedgerWriter ledgerWriter(
            LedgerProperties ledger,
            ProducerId id,
            KafkaProperties kafka,
            Clock clock,
            MeterRegistry registry,
            ObjectProvider<SpillNotice> notice,
            @Value("${weir.state-directory}") Path state) {
        LedgerProperties.File file = ledger.file();
        Path directory = state.resolve("ledger").resolve(id.value());
        SpoolOptions spooling = new SpoolOptions(
                directory,
                file.maxBytes().toBytes(),
                file.durable(),
                SpoolOptions.of(directory, file.durable()).after(),
                file.takeOverAfter());
        return LedgerWriter.start(
                LedgerWriterOptions.of(SERVICE, id.value()), spooling, told(notice), kafka, clock, registry);
    }

    private static SpillNotice told(ObjectProvider<SpillNotice> notice) {
        return notice.getIfAvailable(() -> SpillNotice.NONE);
    }

    @Bean
    LedgerShutdown ledgerShutdown(LedgerWriter writer) {
        return new LedgerShutdown(writer);
    }

    @Bean
    UsageLedger usageLedger(LedgerWriter writer, TraceHeaders traces) {
        return new UsageLedger(writer, traces);
    }

    @Bean
    RequestLoop requestLoop() {
        return new RequestLoop();
    }

    @Bean
    LedgerFollower ledgerFollower(
            LedgerProperties ledger,
            KafkaProperties kafka,
            LedgerWriter writer,
            ObjectProvider<SpillNotice> notice,
            Clock clock,
            MeterRegistry registry) {
        Sweeper sweeper = new Sweeper(
                new Recovery(writer, clock, registry)::recover,
                told(notice),
                ledger.sweepGrace(),
                ledger.spillingLimit(),
                writer::hasDelivered,
                registry);
        return new LedgerFollower(kafka, sweeper, clock, registry);
    }

    @Bean
    HealthCheck followerHealth(LedgerFollower follower) {
        return new HealthCheck() {
            @Override
            public String name() {
                return "ledger-follower";
            }

            @Override
            public Mono<Void> check() {
                return Mono.justOrEmpty(follower.trouble(System.nanoTime()))
                        .flatMap(trouble -> Mono.error(new HealthCheckFailedException(trouble)));
            }

            @Override
            public String detail() {
                return follower.figures();
            }
        };
    }

    @Bean
    HealthCheck ledgerHealth(LedgerWriter writer) {
        return new HealthCheck() {
            @Override
            public String name() {
                return "kafka";
            }

            @Override
            public Mono<Void> check() {
                return writer.isAvailable() ? Mono.empty() : Mono.error(new IllegalStateException("not acknowledging"));
            }
        };
    }

    // A fresh platform's topics are a moment old when this service starts. With the broker away it is ready all the
    // same, unless a process before it left events that the broker must have first.
    @Bean
    ReadinessCondition ledgerKnown(LedgerWriter writer, Clock clock) {
        Instant latest = clock.instant().plus(PATIENCE);
        return new ReadinessCondition() {
            private volatile boolean ready;

            @Override
            public String name() {
                return "ledger";
            }

            @Override
            public boolean isReady() {
                ready = ready
                        || writer.isAvailable()
                        || (writer.hasDelivered() && clock.instant().isAfter(latest));
                return ready;
            }
        };
    }
}
