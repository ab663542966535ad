package io.weir.local.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/// One process and no other: a number is given to somebody else sooner or later, a number with a start time is not.
///
/// @param pid     the number
/// @param started when it started, in a form that only compares: clock ticks since boot, or milliseconds since 1970
public record ProcessIdentity(long pid, String started) {

    private static final int START_TICKS_AFTER_COMMAND = 19;

    /// Who runs under that number now.
    public static Optional<ProcessIdentity> of(long pid) {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .flatMap(handle -> startOf(handle).map(started -> new ProcessIdentity(pid, started)));
    }

    /// The process, while this very one lives.
    public Optional<ProcessHandle> alive() {
        return of(pid).filter(this::equals)
                .flatMap(same -> ProcessHandle.of(pid))
                .filter(ProcessHandle::isAlive);
    }

    private static Optional<String> startOf(ProcessHandle handle) {
        Path stat = Path.of("/proc", Long.toString(handle.pid()), "stat");
        try {
            String line = Files.readString(stat);
            // The command stands in parentheses and may hold anything, spaces and parentheses included.
            String[] afterCommand = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
            boolean zombie = afterCommand[0].equals("Z");
            return zombie ? Optional.empty() : Optional.of(afterCommand[START_TICKS_AFTER_COMMAND]);
        } catch (IOException e) {
            return handle.info().startInstant().map(Instant::toEpochMilli).map(String::valueOf);
        }
    }
}
