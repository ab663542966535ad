package io.weir.local.prove;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/// Streams that have begun and of which nothing more comes. Each has a connection and a virtual thread of its own.
final class Silent implements AutoCloseable {

    private static final int AT_ONCE = 64;
    private static final long MANY_FILES = 1_000_000;
    private static final String BODY =
            "{\"model\":\"claude-haiku-4-5\",\"stream\":true,\"max_tokens\":200,\"messages\":[{\"role\":\"user\",\"content\":\"Idle\"}]}";

    private final List<Thread> threads = new ArrayList<>();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private volatile String failure = "";

    private Silent() {}

    /// How many files a process may have open here.
    static long fileLimit() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : MANY_FILES;
    }

    /// Returns when each has had its first frame, or was refused.
    static Silent open(int port, String key, int streams, Heartbeat heartbeat) throws InterruptedException {
        Silent silent = new Silent();
        Semaphore opening = new Semaphore(AT_ONCE);
        for (int i = 0; i < streams; i++) {
            opening.acquire();
            silent.threads.add(Thread.ofVirtual().start(() -> silent.hold(port, key, opening)));
            heartbeat.say(silent.open.get() + " idle streams open, " + silent.ended.get() + " ended" + silent.failure);
        }
        opening.acquire(AT_ONCE);
        return silent;
    }

    private void hold(int port, String key, Semaphore opening) {
        boolean begun = false;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            byte[] body = BODY.getBytes(StandardCharsets.US_ASCII);
            socket.getOutputStream()
                    .write(("POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer " + key
                                    + "\r\ncontent-type: application/json\r\ncontent-length: " + body.length
                                    + "\r\n\r\n"
                                    + BODY)
                            .getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            byte[] some = new byte[2_048];
            int read = in.read(some);
            String head = read < 0 ? "closed" : new String(some, 0, read, StandardCharsets.UTF_8);
            if (head.startsWith("HTTP/1.1 200")) {
                begun = true;
                open.incrementAndGet();
                opening.release();
                while (in.read(some) >= 0) {
                    // A frame a minute.
                }
            } else {
                failure = ", the last: " + head.lines().findFirst().orElse("");
            }
        } catch (IOException broken) {
            failure = ", the last: " + broken.getMessage();
        } finally {
            if (!begun) {
                opening.release();
            }
            if (!Thread.currentThread().isInterrupted()) {
                ended.incrementAndGet();
            }
        }
    }

    /// How many began.
    int open() {
        return open.get();
    }

    /// How many ended, or were refused, though nobody had ended them here.
    int ended() {
        return ended.get();
    }

    /// Why the last one that was not to end did.
    String failure() {
        return failure;
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
    }
}
