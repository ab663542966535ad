package io.weir.local.platform;

import io.weir.local.state.DirectoryTree;
import io.weir.local.state.Layout;
import io.weir.local.supervisor.Part.CommandSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Starts one service from its jar. The jar is unpacked first, once per content: classes then load in half the time.
/// A cache of compiled classes (JEP 514) was measured and left out: it saves 1.4 s of processor time per start, and
/// making it costs 8 s and 80 MB for each service after each build.
final class ServiceProgram implements CommandSource {

    /// For a start within seconds. What is to be fast once it runs does better without.
    static final List<String> QUICK_START = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private static final int DIGEST_BYTES = 6;
    // Several processes of one service may start at once.
    private static final Map<Path, ReentrantLock> UNPACKING = new ConcurrentHashMap<>();

    private final Service service;
    private final Layout layout;
    private final List<String> jvmOptions;
    private final Supplier<Path> settings;

    /// @param jvmOptions beyond those that every service has, which they override
    /// @param settings writes the settings file and says where it lies
    ServiceProgram(Service service, Layout layout, List<String> jvmOptions, Supplier<Path> settings) {
        this.service = service;
        this.layout = layout;
        this.jvmOptions = List.copyOf(jvmOptions);
        this.settings = settings;
    }

    @Override
    public ProcessBuilder builder() throws IOException, InterruptedException {
        Path application = unpacked();
        List<String> command = new ArrayList<>(List.of(
                Java.program().toString(),
                "-Xmx" + service.heapMegabytes() + "m",
                "-Xss512k",
                "-XX:+ExitOnOutOfMemoryError",
                "-Xshare:auto",
                "-Duser.timezone=UTC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(jvmOptions);
        command.addAll(
                List.of("-jar", application.toString(), "--spring.config.additional-location=file:" + settings.get()));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(layout.state().toFile());
        // A setting of somebody else's shell must not reach a service.
        builder.environment().keySet().removeIf(name -> name.matches("(SPRING|SERVER|MANAGEMENT|LOGGING|WEIR)_.*"));
        return builder;
    }

    private Path unpacked() throws IOException, InterruptedException {
        Path jar = service.jar(layout.home());
        ReentrantLock lock = UNPACKING.computeIfAbsent(jar, absent -> new ReentrantLock());
        lock.lockInterruptibly();
        try {
            return unpacked(jar);
        } finally {
            lock.unlock();
        }
    }

    private Path unpacked(Path jar) throws IOException, InterruptedException {
        if (!Files.exists(jar)) {
            throw new IOException(jar + " is not there; build it with `mvn -Dquick package`");
        }
        Path directory = layout.applications().resolve(service.title() + "-" + digest(jar));
        Path application = directory.resolve(jar.getFileName());
        if (!Files.exists(application)) {
            forgetOlder();
            Path partial = layout.applications().resolve(service.title() + ".partial");
            DirectoryTree.delete(partial);
            unpack(jar, partial);
            Files.move(partial, directory);
        }
        return application;
    }

    private static void unpack(Path jar, Path directory) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Java.program().toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Djarmode=tools",
                        "-jar",
                        jar.toString(),
                        "extract",
                        "--destination",
                        directory.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("unpacking " + jar + " failed: " + said.strip());
        }
    }

    private void forgetOlder() throws IOException {
        List<Path> older;
        try (Stream<Path> all = Files.list(layout.applications())) {
            older = all.filter(path -> path.getFileName().toString().startsWith(service.title() + "-"))
                    .toList();
        }
        for (Path path : older) {
            DirectoryTree.delete(path);
        }
    }

    private static String digest(Path jar) throws IOException {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            try (InputStream in = new DigestInputStream(Files.newInputStream(jar), sha)) {
                in.transferTo(OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(sha.digest(), 0, DIGEST_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every JDK", e);
        }
    }
}
