package io.weir.gateway.socket;

import io.micrometer.core.instrument.MeterRegistry;
import io.weir.gateway.address.AllowedAddresses;
import io.weir.gateway.authentication.CallerAuthentication;
import io.weir.gateway.authentication.OpenExchanges;
import io.weir.gateway.redis.RedisClients;
import io.weir.gateway.redis.RedisMemory;
import io.weir.gateway.redis.RedisProperties;
import io.weir.gateway.routing.ServicesProperties;
import java.time.Clock;
import org.redisson.api.RedissonClient;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.web.reactive.socket.server.WebSocketService;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

@Configuration(proxyBeanMethods = false)
class SocketConfiguration {

    private static final int TICKET_THREADS = 4;
    private static final int TICKETS_WAITING_PER_THREAD = 32;

    @Bean(destroyMethod = "shutdown")
    RedissonClient redis(RedisProperties redis) {
        return RedisClients.lazy(redis);
    }

    @Bean
    RedisMemory redisMemory(RedissonClient redis, RedisProperties properties, MeterRegistry registry) {
        return new RedisMemory(redis, properties.url().size(), registry);
    }

    // Of its own: a handshake needs no key, and without Redis each holds a thread until it gives up.
    @Bean(destroyMethod = "dispose")
    Scheduler ticketThreads() {
        return Schedulers.newBoundedElastic(TICKET_THREADS, TICKETS_WAITING_PER_THREAD, "socket-tickets");
    }

    @Bean
    SocketTickets socketTickets(RedissonClient redis, Scheduler ticketThreads, Clock clock) {
        return new SocketTickets(redis, ticketThreads, clock);
    }

    // Connecting may take longer than a ticket may; nobody's ticket is the first.
    @Bean
    ApplicationListener<ApplicationReadyEvent> earlyConnection(SocketTickets tickets) {
        return ready -> tickets.redeem("").onErrorComplete().subscribe();
    }

    @Bean
    SocketAccess socketAccess(CallerAuthentication authentication, SocketTickets tickets) {
        return new SocketAccess(authentication, tickets);
    }

    @Bean
    LiveAnswers liveAnswers(OpenExchanges exchanges, AllowedAddresses addresses) {
        return new LiveAnswers(exchanges, addresses);
    }

    @Bean(destroyMethod = "dispose")
    ConnectionProvider preflightConnections() {
        return ConnectionProvider.create("socket-preflight", 64);
    }

    @Bean
    @Primary
    WebSocketService guardedSockets(
            ConnectionProvider preflightConnections, ServicesProperties services, LiveAnswers answers) {
        return new GuardedSockets(new SocketPreflight(HttpClient.create(preflightConnections), services), answers);
    }
}
