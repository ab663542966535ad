package io.weir.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The recorded events of a contract, read from `platform-contracts` on the class path.
public final class GoldenSamples {

    private GoldenSamples() {}

    /// One recorded event.
    ///
    /// @param name the situation that it records
    /// @param json the event as it stands in the file
    public record Sample(String name, String json) {

        @Override
        public String toString() {
            return name;
        }
    }

    /// All samples of a contract, for example `orchestration/usage-held.v1`. Throws [IllegalArgumentException] when
    /// there are none, so that a test over them cannot pass by finding nothing.
    public static List<Sample> of(String contract) {
        URL directory = GoldenSamples.class.getClassLoader().getResource("contracts/" + contract + "/samples");
        if (directory == null) {
            throw new IllegalArgumentException("contract: '" + contract + "' has no samples on the class path");
        }
        try {
            URI uri = directory.toURI();
            if (!uri.getScheme().equals("jar")) {
                return read(Path.of(uri));
            }
            try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
                return read(jar.provider().getPath(uri));
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static List<Sample> read(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().map(GoldenSamples::sample).toList();
        }
    }

    private static Sample sample(Path file) {
        try {
            String name = String.valueOf(file.getFileName()).replace(".json", "");
            return new Sample(name, Files.readString(file));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
