package io.weir.testing;

import reactor.blockhound.BlockHound;

/// Makes a blocking call on an event loop fail, in this JVM from now on. A test class that starts a service calls it
/// first.
public final class EventLoops {

    private EventLoops() {}

    /// Harmless when called again.
    public static void guard() {
        Guarded.install();
    }

    private static final class Guarded {

        static {
            // Reads the kernel's random numbers, which never wait; only opening a database connection needs them. And a
            // pool's idle thread waits for work: Redisson's pool has threads of Netty's kind. And OpenTelemetry looks
            // once per process for a storage of its own: were that to fail, its class would be lost to all that follow.
            // And a lock that others hold for an instant is no wait for their work, which goes by conditions, latches
            // and futures: those stay forbidden. Libraries take locks where threads under load meet, Jackson when it
            // makes a type's reader, Netty's allocator when it returns a chunk. And a client of S3 that is closed waits
            // for its
            // connections, on a thread that nothing else waits for.
            BlockHound.install(builder -> builder.allowBlockingCallsInside("java.security.SecureRandom", "nextBytes")
                    .allowBlockingCallsInside("java.util.concurrent.ThreadPoolExecutor", "getTask")
                    .allowBlockingCallsInside("io.opentelemetry.context.LazyStorage", "<clinit>")
                    .allowBlockingCallsInside("java.util.concurrent.locks.ReentrantLock", "lock")
                    .allowBlockingCallsInside("io.netty.buffer.AdaptivePoolingAllocator$Magazine", "free")
                    .allowBlockingCallsInside("io.netty.channel.pool.SimpleChannelPool", "close"));
        }

        static void install() {
            // Installed when this class was loaded.
        }
    }
}
