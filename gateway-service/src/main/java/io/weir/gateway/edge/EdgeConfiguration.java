package io.weir.gateway.edge;

import io.weir.gateway.access.Access;
import io.weir.gateway.authentication.ApiKeyAuthentication;
import io.weir.gateway.authentication.NamedTenant;
import io.weir.gateway.authentication.OpenExchanges;
import io.weir.gateway.health.PlatformHealth;
import io.weir.gateway.passport.Passports;
import io.weir.gateway.socket.LiveAnswers;
import io.weir.gateway.socket.SocketAccess;
import io.weir.observability.TracingProperties;
import io.weir.problem.webflux.ProblemWebExceptionHandler;
import java.time.Clock;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.boot.webflux.autoconfigure.WebHttpHandlerBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.netty.NettyPipeline;

@Configuration(proxyBeanMethods = false)
class EdgeConfiguration {

    @Bean
    EdgeFilter edgeFilter(
            GatewayProperties properties,
            ApiKeyAuthentication authentication,
            OpenExchanges exchanges,
            Passports passports,
            PlatformHealth health,
            SocketAccess sockets,
            LiveAnswers live,
            ProblemWebExceptionHandler problems,
            Access access,
            Clock clock) {
        Admission admission = new Admission(
                new BodyLimit(properties.maxRequestBytes().toBytes()),
                authentication,
                new NamedTenant(properties.baseDomain()),
                exchanges,
                passports,
                health,
                sockets,
                live,
                properties.allowedOrigins());
        return new EdgeFilter(admission, problems, access, clock);
    }

    @Bean
    WebHttpHandlerBuilderCustomizer edgeHandler(TracingProperties tracing) {
        return builder -> builder.httpHandlerDecorator(next -> new EdgeHandler(next, tracing.trustInbound()));
    }

    @Bean
    NettyServerCustomizer bareErrors() {
        return server -> server.doOnChannelInit((observer, channel, address) -> {
            if (channel.pipeline().get(NettyPipeline.HttpTrafficHandler) != null) {
                channel.pipeline().addBefore(NettyPipeline.HttpTrafficHandler, "weir.bare-errors", new BareErrors());
            }
        });
    }
}
