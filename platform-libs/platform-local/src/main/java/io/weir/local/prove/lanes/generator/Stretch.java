package io.weir.local.prove.lanes.generator;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpResponseDecoder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// An order being carried out. All of it happens in one event loop, so nothing here is shared between threads.
@SuppressWarnings("FutureReturnValueIgnored")
final class Stretch {

    private static final int MOST_FAILURES = 1_000;
    private static final long AFTER_FAILURE_MILLIS = 20;
    private static final long GRACE_MILLIS = 15_000;
    private static final int CONNECT_MILLIS = 10_000;

    private final Order order;
    private final EventLoop loop;
    private final RequestTemplate template;
    private final long firstNumber;
    private final Set<Channel> channels = new HashSet<>();
    private final CompletableFuture<Tally> done = new CompletableFuture<>();
    private final Samples times = new Samples();
    private final Samples firstFrames = new Samples();
    private final Samples frames = new Samples();
    private final long began = System.nanoTime();
    private final long recordFrom;
    private final long recordUntil;

    private int live;
    private int spread;
    private long number;
    private long made;
    private long requests;
    private long failures;
    private String firstFailure = "";
    private int open;
    private int mostOpen;

    /// @param firstNumber of the calls' numbers
    Stretch(Order order, EventLoop loop, long firstNumber) {
        this.order = order;
        this.loop = loop;
        this.template = RequestTemplate.of(order);
        this.firstNumber = firstNumber;
        this.recordFrom = began + TimeUnit.MILLISECONDS.toNanos(order.leadMillis());
        this.recordUntil = recordFrom + TimeUnit.MILLISECONDS.toNanos(order.millis());
    }

    /// Begins, and is completed within some seconds after the order's time, whatever the server does.
    CompletableFuture<Tally> start() {
        loop.execute(() -> {
            live = order.connections();
            for (int i = 0; i < order.connections(); i++) {
                connect();
            }
        });
        loop.schedule(this::giveUp, order.leadMillis() + order.millis() + GRACE_MILLIS, TimeUnit.MILLISECONDS);
        return done;
    }

    private void connect() {
        ChannelFuture connecting = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel connection) {
                        connection.pipeline().addLast(new HttpResponseDecoder(), new Caller(Stretch.this));
                    }
                })
                .connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), order.port()));
        Channel channel = connecting.channel();
        channels.add(channel);
        channel.closeFuture().addListener(closed -> channels.remove(channel));
        connecting.addListener(result -> {
            if (!result.isSuccess()) {
                failed("no connection: " + result.cause());
                disconnected(0);
            }
        });
    }

    // First calls are spread over half of the lead, as clients do not come at one instant.
    void connected(Caller caller, ChannelHandlerContext context) {
        long wait = spread < order.connections() ? order.leadMillis() / 2 * spread / order.connections() : 0;
        spread++;
        loop.schedule(() -> caller.next(context), wait, TimeUnit.MILLISECONDS);
    }

    /// Whether a connection with so many calls behind it makes another one.
    boolean goesOn(int calls) {
        boolean isEnough = order.callsPerConnection() > 0 && calls >= order.callsPerConnection();
        return !isEnough && failures < MOST_FAILURES && System.nanoTime() - recordUntil < 0;
    }

    ByteBuf call(ByteBufAllocator allocator) {
        return template.call(allocator, firstNumber + number++);
    }

    int framesDue() {
        return order.frames();
    }

    void firstFrame(long sentAt, long arrivedAt) {
        open++;
        mostOpen = Math.max(mostOpen, open);
        if (sentAt - recordFrom >= 0) {
            firstFrames.add(arrivedAt - sentAt);
        }
    }

    void frame(long stamp, long arrivedAt) {
        if (arrivedAt - recordFrom >= 0) {
            frames.add(Math.max(0, arrivedAt - stamp));
        }
    }

    void streamEnded() {
        open--;
    }

    void answered(long sentAt, long endedAt) {
        made++;
        if (endedAt - recordFrom >= 0 && endedAt - recordUntil < 0) {
            requests++;
        }
        if (sentAt - recordFrom >= 0) {
            times.add(endedAt - sentAt);
        }
    }

    void failed(String why) {
        failures++;
        if (firstFailure.isEmpty()) {
            firstFailure = why;
        }
    }

    // Who was refused does not ask again at once.
    void later(Runnable action) {
        loop.schedule(action, AFTER_FAILURE_MILLIS, TimeUnit.MILLISECONDS);
    }

    /// A server may close a connection between two calls; another one takes its place.
    void disconnected(int calls) {
        if (goesOn(calls)) {
            later(this::connect);
        } else if (--live == 0) {
            finish();
        }
    }

    private void giveUp() {
        if (!done.isDone()) {
            failed(live + " connections had not ended " + GRACE_MILLIS + " ms after the time");
            finish();
        }
        Set.copyOf(channels).forEach(Channel::close);
    }

    private void finish() {
        done.complete(new Tally(
                made,
                requests,
                order.millis(),
                failures,
                firstFailure,
                times.distribution(),
                firstFrames.distribution(),
                frames.distribution(),
                mostOpen));
    }
}
