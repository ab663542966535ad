package io.weir.analytics.proof;

import io.weir.analytics.proof.ExactlyOnce.Result;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.json.JsonMapper;

/// The proof as a process: a line on standard output for each kill, and at the end one line of JSON.
public final class ExactlyOnceProgram {

    private ExactlyOnceProgram() {}

    /// @param arguments those of [Ground], then the seed and the number of kills; ClickHouse's password is in the
    /// environment
    public static void main(String[] arguments)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        CoreProcess.endWithParent();
        List<String> all = List.of(arguments);
        int own = all.size() - 2;
        Ground ground = Ground.of(all.subList(0, own), System.getenv(CoreProcess.PASSWORD));
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        Result result = new ExactlyOnce(
                        ground, Long.parseLong(all.get(own)), Integer.parseInt(all.get(own + 1)), out::println)
                .run();
        out.println(JsonMapper.shared().writeValueAsString(result));
    }
}
