package io.weir.gateway.edge;

import io.weir.gateway.access.Access;
import io.weir.gateway.address.AllowedAddresses;
import io.weir.gateway.address.ClientAddresses;
import io.weir.gateway.authentication.CallerAuthentication;
import io.weir.gateway.authentication.NamedTenant;
import io.weir.gateway.authentication.OpenExchanges;
import io.weir.gateway.health.PlatformHealth;
import io.weir.gateway.limit.RequestLimits;
import io.weir.gateway.origin.Origins;
import io.weir.gateway.passport.Passports;
import io.weir.gateway.routing.InferenceProxy;
import io.weir.gateway.socket.LiveAnswers;
import io.weir.gateway.socket.SocketAccess;
import io.weir.gateway.wire.HeadLimits;
import io.weir.gateway.wire.PlainHttpRule;
import io.weir.gateway.wire.StrictHttp;
import io.weir.observability.TracingProperties;
import io.weir.problem.webflux.ProblemWebExceptionHandler;
import io.weir.security.AddressRanges;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.time.Clock;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.boot.webflux.autoconfigure.WebHttpHandlerBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class EdgeConfiguration {

    @Bean
    EdgeFilter edgeFilter(
            GatewayProperties properties,
            CallerAuthentication authentication,
            OpenExchanges exchanges,
            Passports passports,
            PlatformHealth health,
            SocketAccess sockets,
            LiveAnswers live,
            AllowedAddresses addresses,
            Origins origins,
            RequestLimits limits,
            InferenceProxy models,
            PlainHttpRule plainHttp,
            ProblemWebExceptionHandler problems,
            Access access,
            Clock clock) {
        Admission admission = new Admission(
                new RequestForm(new Hosts(properties.hosts())),
                plainHttp,
                new CrossOrigin(origins),
                new BodyLimit(
                        properties.maxRequestBytes().toBytes(),
                        properties.maxUploadBytes().toBytes()),
                authentication,
                new NamedTenant(properties.baseDomain()),
                exchanges,
                passports,
                health,
                sockets,
                live,
                addresses,
                limits,
                models);
        return new EdgeFilter(admission, problems, access, clock);
    }

    @Bean
    Origins origins(GatewayProperties properties, SnapshotTable<TenantSnapshot> tenants) {
        Origins origins = new Origins(properties.allowedOrigins());
        tenants.onChange(origins::tenantChanged);
        return origins;
    }

    @Bean
    AllowedAddresses allowedAddresses() {
        return new AllowedAddresses();
    }

    @Bean
    WebHttpHandlerBuilderCustomizer edgeHandler(GatewayProperties properties, TracingProperties tracing) {
        ClientAddresses addresses =
                new ClientAddresses(AddressRanges.of(properties.trustedProxies()), properties.forwardingHeader());
        return builder ->
                builder.httpHandlerDecorator(next -> new EdgeHandler(next, addresses, tracing.trustInbound()));
    }

    @Bean
    NettyServerCustomizer strictConnections(GatewayProperties properties) {
        HeadLimits limits = new HeadLimits(
                properties.maxHeaders(),
                (int) properties.maxHeaderBytes().toBytes(),
                properties.headTimeout(),
                properties.bodyTimeout());
        return server -> server.doOnChannelInit((observer, channel, address) -> StrictHttp.install(channel, limits));
    }
}
