package io.weir.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;

/// A Redis on the loopback address that keeps its data in an append-only file.
public final class RedisServer {

    private static final String RESOURCE = "/redis-server-6.2.6-v5-linux-amd64";
    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration STOP = Duration.ofSeconds(15);

    private RedisServer() {}

    public static void main(String[] arguments) {
        ServerProcess.run("redis", arguments, RedisServer::start);
    }

    static RunningServer start(ServerArguments arguments) throws IOException, InterruptedException {
        Files.createDirectories(arguments.data());
        int port = FreePort.orNext(arguments.port());
        List<String> command = command(port, arguments.data());
        GuardedProcess process = GuardedProcess.start("TERM", STOP, command);
        boolean ready = Poll.until(START, () -> !process.isAlive() || answers(port));
        if (!ready || !process.isAlive()) {
            process.close();
            throw new ServerStartException("redis did not answer PING on port " + port + "; its output is above");
        }
        return new Running(process, port);
    }

    static List<String> command(int port, Path data) throws IOException, InterruptedException {
        PostgresPrograms.requirePlatform();
        Path program = CacheDirectory.entry("redis-6.2.6", RedisServer::unpack).resolve("redis-server");
        return List.of(
                program.toString(),
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--dir",
                data.toString(),
                "--appendonly",
                "yes",
                "--save",
                "",
                "--loglevel",
                "warning");
    }

    private static void unpack(Path directory) throws IOException {
        try (InputStream resource = RedisServer.class.getResourceAsStream(RESOURCE)) {
            if (resource == null) {
                throw new ServerStartException(RESOURCE + " is not on the class path");
            }
            Path program = directory.resolve("redis-server");
            Files.copy(resource, program);
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        }
    }

    /// While it reads its file Redis answers `-LOADING`, which is not ready.
    static boolean answers(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            socket.setSoTimeout(2000);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readNBytes(5);
            return new String(answer, StandardCharsets.US_ASCII).equals("+PONG");
        } catch (IOException e) {
            return false;
        }
    }

    private record Running(GuardedProcess process, int port) implements RunningServer {
        @Override
        public void awaitEnd() throws InterruptedException {
            process.awaitEnd();
        }

        @Override
        public void close() {
            process.close();
        }
    }
}
