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
            // And Jackson makes a type's reader under a lock, in memory, once per mapper. And Netty's allocator returns
            // a
            // chunk under a lock of its own, for which threads under load meet.
            BlockHound.install(builder -> builder.allowBlockingCallsInside("java.security.SecureRandom", "nextBytes")
                    .allowBlockingCallsInside("java.util.concurrent.ThreadPoolExecutor", "getTask")
                    .allowBlockingCallsInside("io.opentelemetry.context.LazyStorage", "<clinit>")
                    .allowBlockingCallsInside(
                            "tools.jackson.databind.deser.DeserializerCache", "_createAndCacheValueDeserializer")
                    .allowBlockingCallsInside("io.netty.buffer.AdaptivePoolingAllocator$Magazine", "free"));
        }

        static void install() {
            // Installed when this class was loaded.
        }
    }
}
