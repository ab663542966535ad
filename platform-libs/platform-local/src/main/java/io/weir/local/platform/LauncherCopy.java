package io.weir.local.platform;

import io.weir.local.state.DirectoryTree;
import io.weir.local.state.Layout;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The class path of what runs on, apart from the checkout: a build must not change classes under a running process.
final class LauncherCopy {

    private LauncherCopy() {}

    /// Copies what a build may replace, and returns the class path with the copies in its place. Nothing may run from
    /// an earlier copy.
    static String make(Layout layout) throws IOException {
        Path directory = layout.applications().resolve("launcher");
        DirectoryTree.delete(directory);
        List<String> copied = new ArrayList<>();
        for (String entry : Java.classPath().split(Pattern.quote(File.pathSeparator), -1)) {
            Path path = Path.of(entry).toAbsolutePath();
            boolean ours = Files.isDirectory(path) || entry.contains("-SNAPSHOT");
            copied.add(
                    (ours ? copy(path, directory.resolve(copied.size() + "-" + path.getFileName())) : path).toString());
        }
        return String.join(File.pathSeparator, copied);
    }

    private static Path copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.toList()) {
                Path target = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.createDirectories(target.toAbsolutePath().getParent());
                    Files.copy(path, target);
                }
            }
        }
        return to;
    }
}
