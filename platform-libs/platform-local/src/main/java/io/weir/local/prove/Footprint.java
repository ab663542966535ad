package io.weir.local.prove;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What a Java process holds, right after a full collection.
///
/// @param live bytes of reachable objects
/// @param resident bytes of memory; 0 where the system does not tell
/// @param files open ones, sockets among them; 0 where the system does not tell
record Footprint(long live, long resident, long files) {

    private static final long PAGE = 4_096;
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+[0-9]+\\s+([0-9]+)");

    /// Makes it collect its garbage, which stops it for as long as that takes.
    static Footprint of(ProcessHandle process) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(process.pid()),
                        "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Matcher total = TOTAL.matcher(said);
        if (jcmd.waitFor() != 0 || !total.find()) {
            throw new IOException("jcmd does not tell what process " + process.pid() + " holds: "
                    + said.lines().findFirst().orElse(""));
        }
        return new Footprint(Long.parseLong(total.group(1)), resident(process.pid()), files(process.pid()));
    }

    private static long resident(long pid) throws IOException {
        Path statm = Path.of("/proc", Long.toString(pid), "statm");
        return Files.exists(statm) ? Long.parseLong(Files.readString(statm).split(" ")[1]) * PAGE : 0;
    }

    private static long files(long pid) throws IOException {
        Path open = Path.of("/proc", Long.toString(pid), "fd");
        if (!Files.isDirectory(open)) {
            return 0;
        }
        try (Stream<Path> all = Files.list(open)) {
            return all.count();
        }
    }
}
