package io.weir.local.backup;

import io.weir.local.process.ProcessIdentity;
import io.weir.local.state.DirectoryTree;
import io.weir.local.state.Layout;
import io.weir.local.state.PrivateFiles;
import io.weir.local.supervisor.Children;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Everything that a platform keeps, as of one instant: the data of its servers and services, and its secrets.
///
/// While it is copied all processes of the platform stand still, so that no store is ahead of another; then they go on,
/// and calls that were under way with them. What is restored is a platform that lost its power at that instant, which
/// each store and each service is made to survive. Redis is left out: nothing in it is needed.
public final class Backup {

    private static final String SIMULATOR = "-simulator";
    private static final String DATA = "data";
    private static final String SECRETS = "secrets";
    private static final Set<String> LEFT_OUT = Set.of("redis");
    // Of a process, not of its data; or made anew from the segments that they point into, and mostly holes.
    private static final Set<String> LEFT_OUT_FILES =
            Set.of("postmaster.pid", "postmaster.opts", ".kafka_cleanshutdown");
    private static final List<String> LEFT_OUT_OF_KAFKA = List.of(".index", ".timeindex");

    private final Path directory;
    private final Manifest manifest;

    private Backup(Path directory, Manifest manifest) {
        this.directory = directory;
        this.manifest = manifest;
    }

    /// Takes one of the platform in `layout`, whether it runs or not. Throws [IOException] where `to` is there and not
    /// empty, or something cannot be copied; what was copied is deleted then. Blocks.
    ///
    /// @param to where it goes, for its owner's eyes only: it holds all secrets
    public static Backup take(Layout layout, Path to) throws IOException {
        requireEmpty(to);
        if (!Files.isDirectory(layout.data())) {
            throw new IOException("there is no data in " + layout.state() + "; check --state-dir");
        }
        PrivateFiles.directory(to);
        try {
            return copy(layout, to);
        } catch (IOException | RuntimeException failed) {
            DirectoryTree.delete(to);
            throw failed;
        }
    }

    private static Backup copy(Layout layout, Path to) throws IOException {
        // Providers and Stripe are others' and go on, whoever stands for them.
        List<ProcessIdentity> processes = Children.running(layout.childrenFile(), part -> !part.endsWith(SIMULATOR));
        long began = System.nanoTime();
        Instant takenAt;
        try (Standstill still = Standstill.of(processes)) {
            takenAt = Instant.now();
            Copying.copy(layout.data(), to.resolve(DATA), Backup::isKept);
            Copying.copy(layout.secrets(), to.resolve(SECRETS), path -> true);
        }
        long still = processes.isEmpty()
                ? 0
                : Duration.ofNanos(System.nanoTime() - began).toMillis();
        Manifest manifest = new Manifest(
                Manifest.FORMAT, takenAt, !processes.isEmpty(), still, Copying.directories(to), Copying.sums(to));
        PrivateFiles.write(to.resolve(Manifest.NAME), JsonMapper.shared().writeValueAsString(manifest));
        return new Backup(to, manifest);
    }

    private static boolean isKept(Path path) {
        String top = path.getName(0).toString();
        String name = path.getFileName().toString();
        return !LEFT_OUT.contains(top)
                && !LEFT_OUT_FILES.contains(name)
                && !(top.equals("kafka") && LEFT_OUT_OF_KAFKA.stream().anyMatch(name::endsWith));
    }

    /// Opens one that was taken. Throws [IOException] where there is none, or it is of a format that is not known.
    public static Backup open(Path directory) throws IOException {
        Path file = directory.resolve(Manifest.NAME);
        if (!Files.isRegularFile(file)) {
            throw new IOException(directory + " holds no backup: there is no " + Manifest.NAME + " in it");
        }
        try {
            Manifest manifest = JsonMapper.shared().readValue(Files.readString(file), Manifest.class);
            if (manifest.format() != Manifest.FORMAT) {
                throw new IOException("the backup in " + directory + " has format " + manifest.format()
                        + ", this version of Weir reads format " + Manifest.FORMAT);
            }
            return new Backup(directory, manifest);
        } catch (JacksonException unreadable) {
            throw new IOException(file + " cannot be read: " + unreadable.getOriginalMessage(), unreadable);
        }
    }

    /// What is not as it was when it was taken, each file with what is wrong. Reads every byte.
    public List<String> faults() throws IOException {
        return faults(directory);
    }

    private List<String> faults(Path where) throws IOException {
        Map<String, Manifest.Entry> there = new HashMap<>();
        for (Manifest.Entry entry : Copying.sums(where)) {
            there.put(entry.path(), entry);
        }
        List<String> faults = new ArrayList<>();
        for (Manifest.Entry wanted : manifest.files()) {
            Manifest.Entry found = there.remove(wanted.path());
            if (found == null) {
                faults.add(wanted.path() + " is missing");
            } else if (!found.equals(wanted)) {
                faults.add(wanted.path() + " was changed");
            }
        }
        there.keySet().stream().sorted().forEach(more -> faults.add(more + " was not in it"));
        return faults;
    }

    /// Puts it into a state directory of a platform that does not run. Throws [IOException] before anything is written
    /// where there is data already, or the backup is not whole; and where what was written is not what was read.
    public void restore(Layout layout) throws IOException {
        requireEmpty(layout.data());
        requireEmpty(layout.secrets());
        require(faults(), "the backup is not whole");
        layout.create();
        for (String one : manifest.directories()) {
            PrivateFiles.directory(layout.state().resolve(one));
        }
        restoreData(layout);
        Copying.copy(directory.resolve(SECRETS), layout.secrets(), path -> true);
        Copying.ownerOnly(layout.secrets());
        for (Manifest.Entry entry : manifest.files()) {
            Path restored = layout.state().resolve(entry.path());
            if (!Files.isRegularFile(restored) || !Copying.sha256(restored).equals(entry.sha256())) {
                throw new IOException(restored + " is not as it was in the backup; check the disk, `weir reset`, and"
                        + " restore again");
            }
        }
    }

    /// As [#restore], without the secrets: into a platform that has them, whose processes do not run.
    public void restoreData(Layout layout) throws IOException {
        Copying.copy(directory.resolve(DATA), layout.data(), path -> true);
    }

    private static void require(List<String> faults, String otherwise) throws IOException {
        if (!faults.isEmpty()) {
            throw new IOException(otherwise + ": " + String.join("; ", faults.subList(0, Math.min(5, faults.size())))
                    + (faults.size() > 5 ? "; and " + (faults.size() - 5) + " more" : ""));
        }
    }

    private static void requireEmpty(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            try (Stream<Path> entries = Files.list(directory)) {
                if (entries.findAny().isPresent()) {
                    throw new IOException(directory + " is not empty; name a directory that is");
                }
            }
        } else if (Files.exists(directory)) {
            throw new IOException(directory + " is not a directory");
        }
    }

    public Instant takenAt() {
        return manifest.takenAt();
    }

    /// Whether the platform ran when it was taken.
    public boolean ofRunning() {
        return manifest.running();
    }

    /// For how long the platform stood still.
    public Duration still() {
        return Duration.ofMillis(manifest.stillMillis());
    }

    public int files() {
        return manifest.files().size();
    }

    public long bytes() {
        return manifest.bytes();
    }
}
