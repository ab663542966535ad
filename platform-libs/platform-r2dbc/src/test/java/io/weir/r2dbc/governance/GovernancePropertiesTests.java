package io.weir.r2dbc.governance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.r2dbc.Pooler;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class GovernancePropertiesTests {

    @Test
    void statesItsDefaults() {
        assertThat(bind(Map.of(), "weir.postgres.governance", GovernanceProperties.class))
                .isEqualTo(GovernanceProperties.defaults());
        assertThat(bind(Map.of(), "weir.postgres.replica", ReplicaProperties.class))
                .isEqualTo(new ReplicaProperties(null, 5432, Duration.ofSeconds(30)));
        assertThat(bind(Map.of(), "weir.postgres.pooler", Pooler.class))
                .isEqualTo(new Pooler(Pooler.Mode.NONE, null, null));
    }

    @Test
    void bindsEveryKey() {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("weir.postgres.governance.max-waiting-per-tenant", 10);
        keys.put("weir.postgres.governance.max-waiting", 20);
        keys.put("weir.postgres.governance.presence", "1s");
        keys.put("weir.postgres.governance.breaker-window", 30);
        keys.put("weir.postgres.governance.breaker-failure-share", 40);
        keys.put("weir.postgres.governance.breaker-wait", "2s");
        keys.put("weir.postgres.governance.min-connections", 5);
        assertThat(bind(keys, "weir.postgres.governance", GovernanceProperties.class))
                .isEqualTo(new GovernanceProperties(10, 20, Duration.ofSeconds(1), 30, 40, Duration.ofSeconds(2), 5));
        keys.put("weir.postgres.replica.host", "replica");
        keys.put("weir.postgres.replica.port", 5433);
        keys.put("weir.postgres.replica.max-lag", "10s");
        assertThat(bind(keys, "weir.postgres.replica", ReplicaProperties.class))
                .isEqualTo(new ReplicaProperties("replica", 5433, Duration.ofSeconds(10)));
        keys.put("weir.postgres.pooler.mode", "transaction");
        keys.put("weir.postgres.pooler.host", "pooler");
        keys.put("weir.postgres.pooler.port", 6432);
        assertThat(bind(keys, "weir.postgres.pooler", Pooler.class))
                .isEqualTo(new Pooler(Pooler.Mode.TRANSACTION, "pooler", 6432));
    }

    @Test
    void refusesNonsense() {
        assertThatThrownBy(() -> bind(
                        Map.of("weir.postgres.governance.breaker-failure-share", 101),
                        "weir.postgres.governance",
                        GovernanceProperties.class))
                .hasStackTraceContaining("1 to 100");
        assertThatThrownBy(() -> bind(
                        Map.of("weir.postgres.governance.max-waiting-per-tenant", 0),
                        "weir.postgres.governance",
                        GovernanceProperties.class))
                .hasStackTraceContaining("1 <= per tenant");
    }

    private static <T> T bind(Map<String, ?> keys, String prefix, Class<T> type) {
        return new Binder(new MapConfigurationPropertySource(keys)).bindOrCreate(prefix, type);
    }
}
