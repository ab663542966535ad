package io.weir.analytics.stream;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.ChannelOption;
import io.weir.clickhouse.ClickHouseProperties;
import io.weir.clickhouse.TenantQuery;
import io.weir.kafka.KafkaProperties;
import java.time.Clock;
import java.time.Duration;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;

/// The stream as beans of its own.
@Configuration(proxyBeanMethods = false)
class StreamConfiguration {

    private static final Duration SLACK = Duration.ofSeconds(5);
    private static final String ALERTS = "alerts.v1";
    private static final String USAGE = "usage.v1";
    // The group whose committed offsets say what is in ClickHouse.
    private static final String INGESTION = "analytics." + USAGE;

    @Bean
    StreamMeters streamMeters(MeterRegistry registry, Clock clock) {
        return new StreamMeters(registry, clock);
    }

    @Bean
    AlertTail alertTail(KafkaProperties kafka, StreamProperties properties, Clock clock) {
        return new AlertTail(kafka, kafka.topic(ALERTS), properties.alerts(), clock);
    }

    @Bean
    LedgerTail ledgerTail(
            KafkaProperties kafka,
            StreamProperties properties,
            TenantQuery query,
            ClickHouseProperties clickHouse,
            StreamMeters meters,
            Clock clock) {
        // A query may wait for a connection as long as it may then take.
        Duration answerLimit = clickHouse.queryTimeout().multipliedBy(2).plus(SLACK);
        return new LedgerTail(
                kafka, kafka.topic(USAGE), kafka.topic(INGESTION), properties, query, meters, answerLimit, clock);
    }

    // Left to itself it grows to megabytes, and a stuck reader would not be noticed for as many frames.
    @Bean
    NettyServerCustomizer boundedSendBuffer(StreamProperties properties) {
        int bytes = (int) properties.sendBuffer().toBytes();
        return server -> server.childOption(ChannelOption.SO_SNDBUF, bytes);
    }

    @Bean
    CostStream costStream(
            LedgerTail tail,
            AlertTail alerts,
            StreamProperties properties,
            TenantQuery query,
            StreamMeters meters,
            Clock clock) {
        return new CostStream(tail, alerts, new OutcomeHistory(query), properties, meters, clock);
    }

    @Bean
    RouterFunction<ServerResponse> streamRoute(CostStream stream) {
        return new StreamRoute(stream).route();
    }
}
