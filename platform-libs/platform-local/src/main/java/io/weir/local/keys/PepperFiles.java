package io.weir.local.keys;

import io.weir.local.state.PrivateFiles;
import io.weir.security.Peppers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/// The peppers as files: `p0001.pepper`, `p0002.pepper` ..., and `current`.
final class PepperFiles {

    private static final int RANDOM_BYTES = 24;

    private final Path directory;
    private final SecureRandom random = new SecureRandom();

    PepperFiles(Path directory) {
        this.directory = directory;
    }

    List<String> ids() {
        return Peppers.load(directory).ids();
    }

    String current() {
        return Peppers.load(directory).current().id();
    }

    /// Adds a pepper that is not used for new keys yet, and gives its id.
    String add() {
        Peppers known = Peppers.load(directory);
        use(known.current().id());
        int next = Integer.parseInt(known.ids().getLast().substring(1)) + 1;
        String id = String.format(Locale.ROOT, "p%04d", next);
        byte[] secret = new byte[RANDOM_BYTES];
        random.nextBytes(secret);
        PrivateFiles.write(file(id), HexFormat.of().formatHex(secret));
        return id;
    }

    void use(String id) {
        PrivateFiles.write(directory.resolve(Peppers.CURRENT), id);
    }

    void remove(String id) throws IOException {
        Files.delete(file(id));
    }

    Path file(String id) {
        return directory.resolve(id + Peppers.SUFFIX);
    }
}
