package io.weir.local.prove.fuzz;

import io.weir.local.prove.fuzz.Shot.Delivery;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Sends bytes as they are over a connection of their own and reads what is answered. Blocks; safe for use by many
/// threads.
final class Wire {

    private static final int CONNECT_MILLIS = 10_000;
    private static final int MOST_BODY = 16 << 20;
    private static final int MOST_LINE = 64 << 10;
    private static final int SLICE = 700;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final int INFORMATIONAL_END = 200;
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;
    private static final int HEXADECIMAL = 16;

    private final InetSocketAddress gateway;
    private final Duration deadline;
    private final Duration patience;

    /// @param deadline for an answer that is due, and for the end of a connection whose sending side is closed
    /// @param patience for an answer that need not come
    Wire(String gateway, Duration deadline, Duration patience) {
        URI address = URI.create(gateway);
        this.gateway = new InetSocketAddress(address.getHost(), address.getPort());
        this.deadline = deadline;
        this.patience = patience;
    }

    Heard send(Shot shot) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setTcpNoDelay(true);
            socket.connect(gateway, CONNECT_MILLIS);
            try {
                put(shot, socket);
            } catch (IOException refused) {
                // Closed before it had read all: what it answered may still be there.
            }
            if (shot.delivery() == Delivery.CUT) {
                return Heard.NOTHING;
            }
            return shot.sound() && shot.delivery() != Delivery.HALF_CLOSED
                    ? read(socket, deadline)
                    : withoutClaim(socket, shot);
        }
    }

    // Perhaps the server waits for more: it is told that nothing comes.
    private Heard withoutClaim(Socket socket, Shot shot) {
        if (shot.delivery() != Delivery.HALF_CLOSED) {
            Heard heard = read(socket, patience);
            if (!heard.late()) {
                return heard;
            }
        }
        try {
            socket.shutdownOutput();
        } catch (IOException gone) {
            return Heard.NOTHING;
        }
        return read(socket, deadline);
    }

    private static void put(Shot shot, Socket socket) throws IOException {
        byte[] bytes = shot.bytes();
        OutputStream out = socket.getOutputStream();
        SplittableRandom random = new SplittableRandom(shot.number());
        switch (shot.delivery()) {
            case WHOLE -> out.write(bytes);
            case SLICED -> {
                int sent = 0;
                while (sent < bytes.length) {
                    int next = Math.min(bytes.length - sent, 1 + random.nextInt(Math.max(SLICE, bytes.length / 8)));
                    out.write(bytes, sent, next);
                    sent += next;
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
            case HALF_CLOSED, CUT -> out.write(bytes, 0, bytes.length == 0 ? 0 : 1 + random.nextInt(bytes.length));
        }
        out.flush();
        if (shot.delivery() == Delivery.CUT) {
            LockSupport.parkNanos(PAUSE_NANOS * random.nextInt(20));
        }
    }

    private static Heard read(Socket socket, Duration limit) {
        Reading reading = new Reading(socket, System.nanoTime() + limit.toNanos());
        try {
            return reading.answer();
        } catch (SocketTimeoutException late) {
            return reading.soFar(true);
        } catch (IOException ended) {
            return reading.soFar(false);
        }
    }

    /// An answer as it comes.
    private static final class Reading {

        private final Socket socket;
        private final long until;
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private Map<String, String> headers = Map.of();
        private int status;

        Reading(Socket socket, long until) {
            this.socket = socket;
            this.until = until;
        }

        Heard soFar(boolean late) {
            return status == 0 && !late
                    ? Heard.NOTHING
                    : status == 0 ? Heard.SILENCE : new Heard(status, headers, body.toByteArray(), false, late);
        }

        Heard answer() throws IOException {
            InputStream in = new BufferedInputStream(new Limited());
            do {
                String line = line(in);
                String[] parts = line.split(" ", 3);
                if (parts.length < 2 || !parts[0].startsWith("HTTP/1.")) {
                    throw new IOException("no status line: " + line);
                }
                headers = headers(in);
                status = Integer.parseInt(parts[1]);
            } while (status < INFORMATIONAL_END);
            if (status == NO_CONTENT || status == NOT_MODIFIED) {
                return new Heard(status, headers, body.toByteArray(), true, false);
            }
            if (headers.getOrDefault("transfer-encoding", "").contains("chunked")) {
                chunks(in);
            } else if (headers.containsKey("content-length")) {
                copy(in, Integer.parseInt(headers.getOrDefault("content-length", "0")));
            } else {
                in.transferTo(body);
            }
            return new Heard(status, headers, body.toByteArray(), true, false);
        }

        private static Map<String, String> headers(InputStream in) throws IOException {
            Map<String, String> headers = new HashMap<>();
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                int colon = line.indexOf(':');
                if (colon < 1) {
                    throw new IOException("no header: " + line);
                }
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
            return headers;
        }

        private void chunks(InputStream in) throws IOException {
            for (int size = size(in); size > 0; size = size(in)) {
                copy(in, size);
                line(in);
            }
            headers(in);
        }

        private static int size(InputStream in) throws IOException {
            try {
                return Integer.parseInt(line(in).split(";", 2)[0].strip(), HEXADECIMAL);
            } catch (NumberFormatException broken) {
                throw new IOException("no chunk", broken);
            }
        }

        private void copy(InputStream in, int length) throws IOException {
            if (body.size() + length > MOST_BODY) {
                throw new IOException("an answer of over " + MOST_BODY + " bytes");
            }
            byte[] bytes = in.readNBytes(length);
            body.write(bytes);
            if (bytes.length < length) {
                throw new EOFException("cut");
            }
        }

        private static String line(InputStream in) throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int next = in.read(); next != '\n'; next = in.read()) {
                if (next < 0 || line.size() > MOST_LINE) {
                    throw new EOFException("cut");
                }
                line.write(next);
            }
            return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
        }

        /// The connection, up to the time that is left.
        private final class Limited extends InputStream {

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] into, int from, int length) throws IOException {
                long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
                if (left <= 0) {
                    throw new SocketTimeoutException("late");
                }
                socket.setSoTimeout((int) left);
                return socket.getInputStream().read(into, from, length);
            }
        }
    }
}
