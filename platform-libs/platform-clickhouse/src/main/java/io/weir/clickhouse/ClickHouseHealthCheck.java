package io.weir.clickhouse;

import io.weir.observability.HealthCheck;
import reactor.core.publisher.Mono;

/// Whether ClickHouse answers.
public final class ClickHouseHealthCheck implements HealthCheck {

    private final ClickHouse clickHouse;

    public ClickHouseHealthCheck(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    @Override
    public String name() {
        return "clickhouse";
    }

    @Override
    public Mono<Void> check() {
        return clickHouse.ping();
    }
}
