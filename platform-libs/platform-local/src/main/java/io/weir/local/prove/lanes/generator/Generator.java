package io.weir.local.prove.lanes.generator;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/// Makes calls to order, in one thread. See [#main].
@SuppressWarnings("FutureReturnValueIgnored")
public final class Generator implements AutoCloseable {

    private final MultiThreadIoEventLoopGroup thread = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private long stretches = TimeUnit.MILLISECONDS.toSeconds(System.currentTimeMillis()) % 1_000;

    Generator() {}

    /// Prints `{"ready":true}`; then each line of input is an [Order], answered with a [Tally]. Ends when the input
    /// does.
    public static void main(String... arguments) throws IOException {
        try (Generator generator = new Generator();
                BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            System.out.println("{\"ready\":true}");
            for (String line = orders.readLine(); line != null; line = orders.readLine()) {
                Order order = JsonMapper.shared().readValue(line, Order.class);
                System.out.println(JsonMapper.shared()
                        .writeValueAsString(generator.begin(order).join()));
            }
        }
    }

    /// Completed within some seconds after the order's time.
    CompletableFuture<Tally> begin(Order order) {
        // No call of another stretch has its number.
        return new Stretch(order, thread.next(), stretches++ * 10_000_000).start();
    }

    @Override
    public void close() {
        thread.shutdownGracefully();
    }
}
