package io.weir.billing.rerating;

import io.weir.audit.Audit;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.security.PassportIssuer;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTopic;
import java.time.Clock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RowsProperties.class)
final class ReratingConfiguration {

    @Bean
    Reratings reratings(
            RowsProperties properties,
            PassportIssuer passports,
            SnapshotReader reader,
            PlatformTransaction transaction,
            Audit audit,
            JsonMapper json,
            Clock clock) {
        return new Reratings(
                new AnalyticsUsageRows(properties, passports, json),
                reader.table(SnapshotTopic.PRICE_BOOKS),
                transaction,
                new R2dbcReratings(json),
                audit,
                clock);
    }

    @Bean
    RouterFunction<ServerResponse> reratingRoutes(Reratings reratings, JsonMapper json) {
        return new ReratingRoutes(reratings, json).routes();
    }
}
