package io.weir.local.supervisor;

import io.weir.local.supervisor.Part.Program;
import io.weir.local.supervisor.Part.Step;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The life of one part, run by one thread; wishes come from others.
final class PartKeeper implements Runnable {

    /// What the keeper needs of the rest.
    interface Surroundings {
        /// The name of something that the part needs and that is not ready; null when there is none.
        @Nullable
        String missing(Part part);

        void changed();

        Path log(Part part);

        Children children();
    }

    private enum Wish {
        RUN,
        STOP,
        END
    }

    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(20);
    private static final Duration GLANCE = Duration.ofMillis(50);
    private static final Duration WATCH = Duration.ofMillis(250);

    private final Part part;
    private final Surroundings surroundings;
    private final ReentrantLock lock = new ReentrantLock();
    private final Semaphore nudges = new Semaphore(0);

    private Wish wish = Wish.RUN;
    private PartState state = PartState.WAITING;
    private @Nullable Long pid;
    private @Nullable Long readyMillis;
    private @Nullable String detail;
    private int failures;
    private int restarts;

    PartKeeper(Part part, Surroundings surroundings) {
        this.part = part;
        this.surroundings = surroundings;
    }

    Part part() {
        return part;
    }

    PartStatus status() {
        lock.lock();
        try {
            return new PartStatus(
                    part.name(),
                    part.kind(),
                    state,
                    pid,
                    part.port(),
                    part.url(),
                    failures,
                    restarts,
                    readyMillis,
                    detail);
        } finally {
            lock.unlock();
        }
    }

    void stop() {
        want(Wish.STOP);
    }

    void start() {
        want(Wish.RUN);
    }

    /// Ends the part for good; its thread returns when its process has ended.
    void end() {
        want(Wish.END);
    }

    /// Looks again at what it waits for.
    void wake() {
        nudges.release();
    }

    private void want(Wish wanted) {
        lock.lock();
        try {
            if (wish != Wish.END) {
                wish = wanted;
            }
        } finally {
            lock.unlock();
        }
        wake();
    }

    private boolean wants(Wish wanted) {
        lock.lock();
        try {
            return wish == wanted;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void run() {
        try {
            awaitNeeds();
            while (!wants(Wish.END)) {
                if (wants(Wish.STOP)) {
                    pause(WATCH);
                } else {
                    tryOnce();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        show(PartState.STOPPED, null);
    }

    private void awaitNeeds() throws InterruptedException {
        String missing = surroundings.missing(part);
        while (missing != null && !wants(Wish.END)) {
            show(wants(Wish.STOP) ? PartState.STOPPED : PartState.WAITING, "needs " + missing);
            pause(WATCH);
            missing = surroundings.missing(part);
        }
    }

    private void tryOnce() throws InterruptedException {
        long started = System.nanoTime();
        show(PartState.STARTING, null);
        try {
            switch (part.work()) {
                case Program program -> keepRunning(program, started);
                case Step step -> runStep(step, started);
            }
        } catch (IOException | RuntimeException e) {
            failed(e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    private void runStep(Step step, long started) throws IOException, InterruptedException {
        step.action().run();
        ready(started);
        while (wants(Wish.RUN)) {
            pause(WATCH);
        }
        show(PartState.STOPPED, null);
    }

    private void keepRunning(Program program, long started) throws IOException, InterruptedException {
        ChildProcess child =
                ChildProcess.start(program.command().builder(), program.readiness(), surroundings.log(part));
        surroundings.children().started(part.name(), child.identity());
        showProcess(child.identity().pid());
        try {
            boolean ready = false;
            while (child.isAlive() && wants(Wish.RUN)) {
                if (!ready && child.isReady()) {
                    ready = true;
                    ready(started);
                }
                pause(ready ? WATCH : GLANCE);
            }
        } finally {
            boolean died = !child.isAlive();
            child.end();
            surroundings.children().ended(part.name());
            showProcess(null);
            if (died) {
                failed("ended with status " + child.exitStatus() + "; see " + surroundings.log(part));
            } else {
                show(PartState.STOPPED, null);
            }
        }
    }

    private void ready(long started) {
        lock.lock();
        try {
            readyMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
            failures = 0;
        } finally {
            lock.unlock();
        }
        show(PartState.READY, null);
    }

    private void failed(String reason) throws InterruptedException {
        lock.lock();
        try {
            failures++;
            restarts++;
        } finally {
            lock.unlock();
        }
        show(PartState.FAILED, reason);
        awaitNextTry();
    }

    private void awaitNextTry() throws InterruptedException {
        long doubled = FIRST_PAUSE.toNanos() << Math.min(failures - 1, 6);
        long until = System.nanoTime() + Math.min(doubled, LONGEST_PAUSE.toNanos());
        while (System.nanoTime() - until < 0 && wants(Wish.RUN)) {
            pause(WATCH);
        }
        if (wants(Wish.STOP)) {
            show(PartState.STOPPED, null);
        }
    }

    private void showProcess(@Nullable Long number) {
        lock.lock();
        try {
            pid = number;
        } finally {
            lock.unlock();
        }
        surroundings.changed();
    }

    private void show(PartState shown, @Nullable String reason) {
        lock.lock();
        try {
            state = shown;
            detail = reason;
        } finally {
            lock.unlock();
        }
        surroundings.changed();
    }

    /// Returns early when something may have changed.
    private void pause(Duration atMost) throws InterruptedException {
        if (nudges.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
            nudges.drainPermits();
        }
    }
}
