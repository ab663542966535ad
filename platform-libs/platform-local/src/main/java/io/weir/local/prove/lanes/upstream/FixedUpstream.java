package io.weir.local.prove.lanes.upstream;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;
import tools.jackson.databind.json.JsonMapper;

/// The provider, as a server on a free port of the loopback address. See [#main].
@SuppressWarnings("FutureReturnValueIgnored")
public final class FixedUpstream implements AutoCloseable {

    private static final int BACKLOG = 2_048;
    private static final int LARGEST_BODY = 1 << 20;
    private static final Pace AT_ONCE = new Pace(0, 1, 1);

    private final AtomicReference<Pace> pace = new AtomicReference<>(AT_ONCE);
    private final MultiThreadIoEventLoopGroup threads = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel server;

    private FixedUpstream() throws InterruptedException {
        this.server = new ServerBootstrap()
                .group(threads)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline()
                                .addLast(
                                        new HttpServerCodec(),
                                        new HttpObjectAggregator(LARGEST_BODY),
                                        new Answers(pace::get));
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync()
                .channel();
    }

    /// Answers at once until told otherwise.
    static FixedUpstream start() throws InterruptedException {
        return new FixedUpstream();
    }

    /// Prints `{"ready":true,"port":N}`; then each line of input is a [Pace], answered with `{"set":true}`. Ends when
    /// the input does.
    public static void main(String... arguments) throws IOException, InterruptedException {
        try (FixedUpstream upstream = start();
                BufferedReader paces = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            System.out.println("{\"ready\":true,\"port\":" + upstream.port() + "}");
            for (String line = paces.readLine(); line != null; line = paces.readLine()) {
                upstream.set(JsonMapper.shared().readValue(line, Pace.class));
                System.out.println("{\"set\":true}");
            }
        }
    }

    int port() {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    /// For calls from now on.
    void set(Pace now) {
        pace.set(now);
    }

    @Override
    public void close() {
        server.close().awaitUninterruptibly(1_000);
        threads.shutdownGracefully();
    }
}
