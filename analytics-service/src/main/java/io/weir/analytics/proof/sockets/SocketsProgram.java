package io.weir.analytics.proof.sockets;

import io.weir.analytics.proof.sockets.SocketsProof.Result;
import io.weir.analytics.proof.sockets.SocketsProof.Servers;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.json.JsonMapper;

/// The measurement as a process: lines of progress on standard output, and at the end one line of JSON.
public final class SocketsProgram {

    private SocketsProgram() {}

    /// @param arguments broker, ClickHouse's URL and user, a name of its own, a directory, sockets, seconds of
    ///     each time of load; ClickHouse's password is in the environment
    public static void main(String[] arguments)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        Path directory = Files.createDirectories(Path.of(arguments[4]));
        Servers servers = new Servers(
                arguments[0],
                arguments[1],
                arguments[2],
                System.getenv("WEIR_PROOF_PASSWORD"),
                arguments[3],
                directory);
        Result result = new SocketsProof(
                        servers, Integer.parseInt(arguments[5]), Integer.parseInt(arguments[6]), out::println)
                .run();
        out.println(JsonMapper.shared().writeValueAsString(result));
        // Clients' threads would keep it.
        Runtime.getRuntime().halt(0);
    }
}
