package io.weir.local.supervisor;

import java.io.IOException;
import java.net.URI;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One thing that the supervisor starts.
///
/// @param name  unique among the parts
/// @param kind  says in which order parts end
/// @param needs names of the parts that must be ready before its first start; a restart waits for nothing
/// @param port  where it listens; null where it does not
/// @param url   for people and tools; null where there is none
/// @param work  what starting it means
public record Part(
        String name,
        Kind kind,
        Set<String> needs,
        @Nullable Integer port,
        @Nullable String url,
        Work work) {

    public Part {
        needs = Set.copyOf(needs);
    }

    /// In the order of ending: what stands first ends first.
    public enum Kind {
        STEP,
        SERVICE,
        SIMULATOR,
        SERVER
    }

    /// What starting a part means.
    public sealed interface Work {}

    /// A process that is kept running.
    public record Program(CommandSource command, Readiness readiness) implements Work {}

    /// Something that is done once; repeated until it succeeds.
    public record Step(Action action) implements Work {}

    /// Makes the process's builder, with command, environment and directory; called before each start.
    @FunctionalInterface
    public interface CommandSource {
        ProcessBuilder builder() throws IOException, InterruptedException;
    }

    /// Fails by throwing; the message says what happened.
    @FunctionalInterface
    public interface Action {
        void run() throws IOException, InterruptedException;
    }

    /// How a program tells that it is ready.
    public sealed interface Readiness {}

    /// By a line on standard output that begins with `{"ready":true`. Such a program ends with the supervisor,
    /// whose end closes its standard input.
    public record ReadyLine() implements Readiness {}

    /// By status 200 at this address.
    public record HttpOk(URI address) implements Readiness {}
}
