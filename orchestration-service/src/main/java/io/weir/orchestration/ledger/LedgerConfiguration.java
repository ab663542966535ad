package io.weir.orchestration.ledger;

import io.micrometer.core.instrument.MeterRegistry;
import io.weir.kafka.KafkaProperties;
import io.weir.kafka.TopicSpec;
import io.weir.ledger.LedgerWriter;
import io.weir.ledger.LedgerWriterOptions;
import io.weir.ledger.SpillNotice;
import io.weir.ledger.SpoolOptions;
import io.weir.observability.HealthCheck;
import io.weir.observability.ReadinessCondition;
import io.weir.observability.kafka.TraceHeaders;
import java.net.InetAddress;
import java.net.UnknownHostException;
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
        return TopicSpec.retained(LedgerWriter.TOPIC, ledger.partitions(), ledger.retention());
    }

    @Bean
    LedgerWriter ledgerWriter(
            LedgerProperties ledger,
            KafkaProperties kafka,
            Clock clock,
            MeterRegistry registry,
            ObjectProvider<SpillNotice> notice,
            @Value("${weir.state-directory}") Path state,
            @Value("${server.port:8080}") String port) {
        String id = ledger.producerId().isEmpty() ? SERVICE + "-" + host() + "-" + port : ledger.producerId();
        SpoolOptions standard = SpoolOptions.of(
                state.resolve("ledger").resolve(id), ledger.file().durable());
        SpoolOptions spooling = new SpoolOptions(
                standard.directory(), ledger.file().maxBytes().toBytes(), standard.durable(), standard.after());
        return LedgerWriter.start(
                LedgerWriterOptions.of(SERVICE, id),
                spooling,
                notice.getIfAvailable(() -> SpillNotice.NONE),
                kafka,
                clock,
                registry);
    }

    @Bean
    UsageLedger usageLedger(LedgerWriter writer, TraceHeaders traces) {
        return new UsageLedger(writer, traces);
    }

    @Bean
    LedgerFollower ledgerFollower(
            LedgerProperties ledger, KafkaProperties kafka, LedgerWriter writer, Clock clock, MeterRegistry registry) {
        return new LedgerFollower(
                kafka,
                new Recovery(writer, clock, registry),
                clock,
                ledger.sweepGrace(),
                registry,
                writer::hasDelivered);
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

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            return "localhost";
        }
    }
}
