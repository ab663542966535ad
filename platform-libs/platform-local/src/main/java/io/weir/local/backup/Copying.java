package io.weir.local.backup;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Copies of directories, and the sums of files.
final class Copying {

    private Copying() {}

    /// Copies the directory with all that lies in it; modes are kept, and links stay links.
    ///
    /// @param wanted is asked for every path below `from`, relative to it, but for what is below an unwanted one
    static void copy(Path from, Path to, Predicate<Path> wanted) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {

            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                Path relative = from.relativize(directory);
                if (!relative.toString().isEmpty() && !wanted.test(relative)) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Path target = to.resolve(relative.toString());
                if (!Files.isDirectory(target)) {
                    Files.copy(directory, target, StandardCopyOption.COPY_ATTRIBUTES);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Path relative = from.relativize(file);
                if (wanted.test(relative) && (attributes.isRegularFile() || attributes.isSymbolicLink())) {
                    Files.copy(
                            file,
                            to.resolve(relative.toString()),
                            StandardCopyOption.COPY_ATTRIBUTES,
                            LinkOption.NOFOLLOW_LINKS);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE; // a temporary one of whoever does not stand still
                }
                throw failure;
            }
        });
    }

    /// The files below the directory with their sums, by path.
    static List<Manifest.Entry> sums(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(directory)) {
            files = all.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .sorted()
                    .toList();
        }
        List<Manifest.Entry> sums = new ArrayList<>();
        for (Path file : files) {
            String path = directory.relativize(file).toString().replace('\\', '/');
            if (!path.equals(Manifest.NAME)) {
                sums.add(new Manifest.Entry(path, Files.size(file), sha256(file)));
            }
        }
        return sums;
    }

    /// The directories below this one, by path.
    static List<String> directories(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(one -> Files.isDirectory(one, LinkOption.NOFOLLOW_LINKS) && !one.equals(directory))
                    .map(one -> directory.relativize(one).toString().replace('\\', '/'))
                    .sorted()
                    .toList();
        }
    }

    /// Nobody but their owner may read the files below the directory from here on.
    static void ownerOnly(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            }
        }
    }

    static String sha256(Path file) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
                in.transferTo(OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
