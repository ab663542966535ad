package io.weir.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a server is told on its command line.
///
/// @param data           where it keeps its data between starts
/// @param port           0 picks a free one
/// @param passwordFile   file with the password of the superuser; null where the server has none
/// @param dieWithParent  stop when standard input reaches its end
record ServerArguments(Path data, int port, @Nullable Path passwordFile, boolean dieWithParent) {

    private static final Set<String> WITH_VALUE = Set.of("--data", "--port", "--password-file");

    static ServerArguments parse(List<String> arguments) {
        Map<String, String> values = new HashMap<>();
        boolean dieWithParent = false;
        for (int i = 0; i < arguments.size(); i++) {
            String name = arguments.get(i);
            if (name.equals("--die-with-parent")) {
                dieWithParent = true;
            } else if (WITH_VALUE.contains(name) && i + 1 < arguments.size()) {
                values.put(name, arguments.get(++i));
            } else {
                throw new ServerStartException("argument: " + name
                        + " (expected: --data DIR [--port N] [--password-file FILE] [--die-with-parent])");
            }
        }
        String data = values.get("--data");
        if (data == null) {
            throw new ServerStartException("--data is missing (expected: a directory)");
        }
        String passwordFile = values.get("--password-file");
        return new ServerArguments(
                Path.of(data).toAbsolutePath(),
                port(values.getOrDefault("--port", "0")),
                passwordFile == null ? null : Path.of(passwordFile).toAbsolutePath(),
                dieWithParent);
    }

    String password() {
        if (passwordFile == null) {
            throw new ServerStartException(
                    "--password-file is missing (expected: a file with the superuser's password)");
        }
        try {
            return Files.readString(passwordFile).strip();
        } catch (IOException e) {
            throw new ServerStartException("cannot read the password file " + passwordFile, e);
        }
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            if (port >= 0 && port <= 65535) {
                return port;
            }
        } catch (NumberFormatException e) {
            throw new ServerStartException("--port: " + text + " (expected: 0 to 65535)", e);
        }
        throw new ServerStartException("--port: " + text + " (expected: 0 to 65535)");
    }
}
