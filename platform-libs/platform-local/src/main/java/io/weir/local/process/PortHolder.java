package io.weir.local.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The process that listens on a port of this machine.
///
/// @param pid     its number
/// @param command its command line, shortened
public record PortHolder(long pid, String command) {

    private static final String LISTENING = "0A";
    private static final int FRONT = 60;
    private static final int END = 100;

    /// Whether nobody listens on that port of the loopback address.
    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /// Who listens there; empty where nobody does, or it is somebody whose files we may not read.
    public static Optional<PortHolder> of(int port) {
        Set<String> sockets = new HashSet<>();
        for (String table : new String[] {"/proc/net/tcp", "/proc/net/tcp6"}) {
            addListening(Path.of(table), port, sockets);
        }
        return sockets.isEmpty() ? Optional.empty() : holderOf(sockets);
    }

    private static void addListening(Path table, int port, Set<String> sockets) {
        String suffix = ":" + String.format(Locale.ROOT, "%04X", port);
        try (Stream<String> lines = Files.lines(table)) {
            lines.map(line -> line.strip().split("\\s+"))
                    .filter(fields -> fields.length > 9 && fields[3].equals(LISTENING) && fields[1].endsWith(suffix))
                    .forEach(fields -> sockets.add("socket:[" + fields[9] + "]"));
        } catch (IOException | UncheckedIOException e) {
            // not Linux: the caller says that the port is taken, without saying by whom
        }
    }

    private static Optional<PortHolder> holderOf(Set<String> sockets) {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes
                    .filter(process -> process.getFileName().toString().chars().allMatch(Character::isDigit))
                    .filter(process -> holdsOne(process.resolve("fd"), sockets))
                    .map(process ->
                            new PortHolder(Long.parseLong(process.getFileName().toString()), commandOf(process)))
                    .findFirst();
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    private static boolean holdsOne(Path descriptors, Set<String> sockets) {
        try (Stream<Path> links = Files.list(descriptors)) {
            return links.anyMatch(link -> sockets.contains(targetOf(link)));
        } catch (IOException | UncheckedIOException e) {
            return false; // gone, or another user's
        }
    }

    private static String targetOf(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return "";
        }
    }

    private static String commandOf(Path process) {
        try {
            String line = Files.readString(process.resolve("cmdline"), StandardCharsets.UTF_8)
                    .replace('\0', ' ')
                    .strip();
            // The program stands in front, and what it was told to run at the end.
            return line.length() > FRONT + END
                    ? line.substring(0, FRONT) + " ... " + line.substring(line.length() - END)
                    : line;
        } catch (IOException e) {
            return "unknown command";
        }
    }
}
