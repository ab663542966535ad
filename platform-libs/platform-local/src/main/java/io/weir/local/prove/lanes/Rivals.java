package io.weir.local.prove.lanes;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What Weir is compared with, as far as this machine has it. All of it ends when closed.
public final class Rivals implements AutoCloseable {

    private final List<Lane> lanes = new ArrayList<>();
    private final List<Lane.Absent> absent = new ArrayList<>();
    private final List<ListeningProcess> processes = new ArrayList<>();

    private Rivals() {}

    /// @param directory for all that they write
    /// @param environment where they are: `PATH`, and [Portkey#VARIABLE]
    public static Rivals start(Path directory, Map<String, String> environment, Companion upstream) throws IOException {
        Rivals rivals = new Rivals();
        try {
            rivals.startNginx(directory.resolve("nginx"), environment.getOrDefault("PATH", ""), upstream.port());
            rivals.startPortkey(
                    directory.resolve("portkey"), environment.getOrDefault(Portkey.VARIABLE, ""), upstream.port());
            return rivals;
        } catch (IOException | RuntimeException failed) {
            rivals.close();
            throw failed;
        }
    }

    private void startNginx(Path directory, String path, int upstream) throws IOException {
        Optional<Path> program = Nginx.find(path);
        if (program.isEmpty()) {
            absent.add(Nginx.ABSENT);
            return;
        }
        Nginx nginx = Nginx.start(program.get(), directory, upstream);
        processes.add(nginx.process());
        lanes.add(nginx.lane());
    }

    private void startPortkey(Path directory, String named, int upstream) throws IOException {
        Optional<Path> installed = Portkey.find(named);
        if (installed.isEmpty()) {
            absent.add(Portkey.ABSENT);
            return;
        }
        Portkey portkey = Portkey.start(installed.get(), directory, upstream);
        processes.add(portkey.process());
        lanes.add(portkey.lane());
    }

    public List<Lane> lanes() {
        return List.copyOf(lanes);
    }

    public List<Lane.Absent> absent() {
        return List.copyOf(absent);
    }

    @Override
    public void close() {
        processes.forEach(ListeningProcess::close);
    }
}
