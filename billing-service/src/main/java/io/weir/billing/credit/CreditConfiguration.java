package io.weir.billing.credit;

import io.weir.audit.Audit;
import io.weir.r2dbc.PlatformTransaction;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
final class CreditConfiguration {

    @Bean
    RouterFunction<ServerResponse> creditRoutes(
            PlatformTransaction transaction, Audit audit, JsonMapper json, Clock clock) {
        return new CreditRoutes(new R2dbcCredits(transaction, audit), json, clock).routes();
    }
}
