package io.weir.gateway;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.LoggerFactory;

/// Bytes to a port, as no client library would send them, and what comes back.
final class Raw {

    private Raw() {}

    /// All that is answered until the other side closes; empty where it closes without an answer.
    static String send(int port, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return exchange(socket, request);
        }
    }

    static String exchange(Socket socket, String request) throws IOException {
        socket.setSoTimeout(30_000);
        try {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
        } catch (SocketException closedEarly) {
            // What was answered before can still be read.
        }
        return new String(all(socket.getInputStream()), StandardCharsets.UTF_8);
    }

    private static byte[] all(InputStream in) throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        try {
            in.transferTo(read);
        } catch (SocketException reset) {
            // Bytes that were not read when the other side closed.
        }
        return read.toByteArray();
    }

    /// Status of the answer; 0 where there is none.
    static int status(String answer) {
        return answer.startsWith("HTTP/1.") ? Integer.parseInt(answer.substring(9, 12)) : 0;
    }

    /// What is logged while it is open.
    static final class Log implements AutoCloseable {

        private final ListAppender<ILoggingEvent> events = new ListAppender<>();
        private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

        Log() {
            events.start();
            root.addAppender(events);
        }

        /// Errors, and whatever has a stack trace.
        List<String> alarms() {
            return List.copyOf(events.list).stream()
                    .filter(event -> event.getLevel().isGreaterOrEqual(Level.ERROR) || hasFrames(event))
                    .map(event -> event.getLoggerName() + ": " + event.getFormattedMessage())
                    .toList();
        }

        List<String> lines() {
            return List.copyOf(events.list).stream()
                    .map(ILoggingEvent::getFormattedMessage)
                    .toList();
        }

        private static boolean hasFrames(ILoggingEvent event) {
            return event.getThrowableProxy() != null
                    && event.getThrowableProxy().getStackTraceElementProxyArray().length > 0;
        }

        @Override
        public void close() {
            root.detachAppender(events);
        }
    }
}
