package io.weir.analytics.proof.sockets;

import io.weir.tenancy.TenantId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// Opens a stream, and takes nothing of it.
final class StalledReader implements AutoCloseable {

    private static final int WINDOW = 4 << 10;
    private static final int LIMIT_MS = 30_000;

    private final Socket socket = new Socket();

    StalledReader(Instance instance, TenantId tenant) throws IOException {
        socket.setReceiveBufferSize(WINDOW);
        socket.setSoTimeout(LIMIT_MS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), instance.port()));
        socket.getOutputStream()
                .write(("GET /ws/costs HTTP/1.1\r\nHost: analytics\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                + Instance.header() + ": " + instance.passport(tenant) + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        String status =
                new String(socket.getInputStream().readNBytes("HTTP/1.1 101".length()), StandardCharsets.US_ASCII);
        if (!status.endsWith("101")) {
            throw new IOException("a stalled reader was refused: " + status);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
