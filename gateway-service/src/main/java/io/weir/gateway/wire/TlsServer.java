package io.weir.gateway.wire;

import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import reactor.core.Disposable;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;

/// The gateway's port for TLS, beside its plain one: the same handler behind it, HTTP/2 where the client offers
/// it.
public final class TlsServer implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(TlsServer.class);
    private static final Duration START = Duration.ofSeconds(20);
    private static final Duration GOODBYE = Duration.ofSeconds(20);
    private static final int STREAMS_PER_CONNECTION = 250;

    private final TlsProperties tls;
    private final String address;
    private final HttpHandler handler;
    private final List<NettyServerCustomizer> customizers;
    private final ServerKeys keys;
    private final Runnable reload;
    private volatile @Nullable DisposableServer server;
    private volatile @Nullable Disposable reloading;

    /// @param reload looks for a changed certificate
    TlsServer(
            TlsProperties tls,
            String address,
            HttpHandler handler,
            List<NettyServerCustomizer> customizers,
            ServerKeys keys,
            Runnable reload) {
        this.tls = tls;
        this.address = address;
        this.handler = handler;
        this.customizers = List.copyOf(customizers);
        this.keys = keys;
        this.reload = reload;
    }

    /// Where it listens. Throws [IllegalStateException] while it does not.
    public int port() {
        DisposableServer running = server;
        if (running == null) {
            throw new IllegalStateException("the port for TLS is not open");
        }
        return running.port();
    }

    // As the server of the plain port.
    @Override
    public int getPhase() {
        return Integer.MAX_VALUE - 2048;
    }

    @Override
    public void start() {
        SslContext context = context();
        HttpServer http = HttpServer.create()
                .host(address)
                .port(tls.port() == null ? 0 : tls.port())
                .channelGroup(new DefaultChannelGroup(GlobalEventExecutor.INSTANCE))
                .protocol(HttpProtocol.H2, HttpProtocol.HTTP11)
                .http2Settings(settings -> settings.maxConcurrentStreams(STREAMS_PER_CONNECTION))
                .secure(spec -> spec.sslContext(context))
                .doOnChannelInit((observer, channel, peer) -> channel.pipeline().addFirst(new TlsOnly()));
        for (NettyServerCustomizer customizer : customizers) {
            http = customizer.apply(http);
        }
        DisposableServer opened =
                http.handle(new ReactorHttpHandlerAdapter(handler)).bindNow(START);
        server = opened;
        long every = tls.reloadEvery().toMillis();
        reloading = Schedulers.boundedElastic().schedulePeriodically(reload, every, every, TimeUnit.MILLISECONDS);
        LOG.info("TLS on port {} ({})", opened.port(), String.join(", ", tls.protocols()));
    }

    private SslContext context() {
        try {
            return SslContextBuilder.forServer(keys)
                    .sslProvider(SslProvider.JDK)
                    .protocols(tls.protocols())
                    .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            Protocol.ALPN,
                            SelectorFailureBehavior.NO_ADVERTISE,
                            SelectedListenerFailureBehavior.ACCEPT,
                            ApplicationProtocolNames.HTTP_2,
                            ApplicationProtocolNames.HTTP_1_1))
                    .build();
        } catch (SSLException refused) {
            throw new IllegalStateException("weir.tls: the certificate cannot be served", refused);
        }
    }

    @Override
    public void stop() {
        Disposable periodic = reloading;
        if (periodic != null) {
            periodic.dispose();
        }
        DisposableServer running = server;
        server = null;
        if (running != null) {
            try {
                running.disposeNow(GOODBYE);
            } catch (IllegalStateException late) {
                LOG.warn("Connections over TLS were still busy after {} s", GOODBYE.toSeconds());
            }
        }
    }

    @Override
    public boolean isRunning() {
        return server != null;
    }
}
