package io.weir.billing.rating.preview;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
final class RatePreviewConfiguration {

    @Bean
    RouterFunction<ServerResponse> ratePreviewRoute(JsonMapper json) {
        return new RatePreviewRoute(json).routes();
    }
}
