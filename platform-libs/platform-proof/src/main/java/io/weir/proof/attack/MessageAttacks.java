package io.weir.proof.attack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// What is tried on messages between services: passports and snapshots that somebody made up.
public final class MessageAttacks {

    private MessageAttacks() {}

    /// One forgery.
    ///
    /// @param line of the attack list
    public record Forgery(String line, String name, Attempt attempt) {

        /// Whether the forgery was taken for real. The directory is empty, and deleted afterwards.
        @FunctionalInterface
        public interface Attempt {
            boolean accepted(Path directory) throws IOException;
        }

        /// What it achieved: empty where nothing.
        public List<Breach> tried() throws IOException {
            Path directory = Files.createTempDirectory("weir-forgery");
            try {
                return attempt.accepted(directory)
                        ? List.of(new Breach(Breach.Kind.ADMITTED, name, "was taken for real"))
                        : List.of();
            } finally {
                try (Stream<Path> files = Files.walk(directory)) {
                    for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(file);
                    }
                }
            }
        }

        @Override
        public String toString() {
            return line + ": " + name;
        }
    }

    public static List<Forgery> all() {
        List<Forgery> all = new ArrayList<>(PassportForgeries.all());
        all.addAll(SnapshotForgeries.all());
        return List.copyOf(all);
    }

    /// All of them. Empty when none was taken for real.
    public static List<Breach> tried() throws IOException, SQLException {
        List<Breach> breaches = new ArrayList<>();
        for (Forgery forgery : all()) {
            breaches.addAll(forgery.tried());
        }
        return breaches;
    }
}
