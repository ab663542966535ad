package io.weir.billing.subscription;

import io.weir.audit.Audit;
import io.weir.r2dbc.PlatformTransaction;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
final class SubscriptionConfiguration {

    @Bean
    RouterFunction<ServerResponse> subscriptionRoutes(
            PlatformTransaction transaction, Audit audit, JsonMapper json, Clock clock) {
        return new SubscriptionRoutes(new R2dbcSubscriptions(transaction, audit, json), json, clock).routes();
    }
}
