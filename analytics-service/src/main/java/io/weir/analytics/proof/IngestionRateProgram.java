package io.weir.analytics.proof;

import io.weir.analytics.proof.IngestionRate.Result;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.json.JsonMapper;

/// The measurement as a process: lines on standard output, and at the end one line of JSON.
public final class IngestionRateProgram {

    private IngestionRateProgram() {}

    /// @param arguments those of [Ground], then the seed, the seconds, and events a second to aim at; ClickHouse's
    /// password is in the environment
    public static void main(String[] arguments)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        CoreProcess.endWithParent();
        List<String> all = List.of(arguments);
        int own = all.size() - 3;
        Ground ground = Ground.of(all.subList(0, own), System.getenv(CoreProcess.PASSWORD));
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        Result result = new IngestionRate(
                        ground,
                        Long.parseLong(all.get(own)),
                        Duration.ofSeconds(Long.parseLong(all.get(own + 1))),
                        Integer.parseInt(all.get(own + 2)),
                        out::println)
                .run();
        out.println(JsonMapper.shared().writeValueAsString(result));
    }
}
