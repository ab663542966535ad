package io.weir.local.process;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Ends processes: asks first (SIGTERM), and takes what does not go (SIGKILL).
public final class Termination {

    private static final Duration AFTER_KILL = Duration.ofSeconds(10);

    private Termination() {}

    /// Returns when all have ended; those that had not within `grace` were killed.
    public static void end(Collection<ProcessIdentity> processes, Duration grace) {
        List<ProcessHandle> alive = alive(processes);
        alive.forEach(ProcessHandle::destroy);
        if (!allEnd(alive, grace)) {
            List<ProcessHandle> stubborn = alive(processes);
            stubborn.forEach(ProcessHandle::destroyForcibly);
            allEnd(stubborn, AFTER_KILL);
        }
    }

    private static List<ProcessHandle> alive(Collection<ProcessIdentity> processes) {
        return processes.stream()
                .map(ProcessIdentity::alive)
                .flatMap(Optional::stream)
                .toList();
    }

    private static boolean allEnd(List<ProcessHandle> processes, Duration within) {
        CompletableFuture<?>[] ends =
                processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(ends).get(within.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("waiting for the end of processes failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
