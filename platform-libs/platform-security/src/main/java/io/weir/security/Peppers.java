package io.weir.security;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The peppers of API keys. Either one file, or a directory of files `<id>.pepper` in which a file `current`
/// may hold the id of the one for new keys; without it that is the last by id. A key keeps the pepper that it
/// was made under for as long as it lives. Read again by [#refresh], so that a rotation needs no restart; what
/// cannot be read then is logged once, and what was known stays. Safe for use by many threads.
public final class Peppers implements Reloadable {

    /// The file that names the pepper of new keys.
    public static final String CURRENT = "current";

    /// What the name of a pepper's file ends in.
    public static final String SUFFIX = ".pepper";

    private static final Logger LOG = LoggerFactory.getLogger(Peppers.class);
    private static final String SETTING = "weir.security.pepper";

    private final Path place;
    private volatile Known known;
    private volatile boolean broken;

    /// @param byId never empty
    private record Known(NavigableMap<String, Pepper> byId, Pepper current) {}

    private Peppers(Path place, Known known) {
        this.place = place;
        this.known = known;
    }

    /// Throws [InvalidSecurityFileException] when there is none, or one cannot be used.
    public static Peppers load(Path fileOrDirectory) {
        return new Peppers(fileOrDirectory, read(fileOrDirectory));
    }

    /// The one under which new keys are hashed.
    public Pepper current() {
        return known.current();
    }

    /// The first that there was.
    public Pepper first() {
        return known.byId().firstEntry().getValue();
    }

    /// @param id null: the first that there was
    public Optional<Pepper> find(@Nullable String id) {
        Known now = known;
        return Optional.ofNullable(
                id == null ? now.byId().firstEntry().getValue() : now.byId().get(id));
    }

    /// Compares in constant time. False where the pepper is not known.
    ///
    /// @param pepperId of the pepper that the hash was made under; null: the first that there was
    public boolean matches(ApiKey key, String storedHash, @Nullable String pepperId) {
        Optional<Pepper> pepper = find(pepperId);
        // With another pepper, so that it takes as long.
        boolean same = pepper.orElseGet(this::current).matches(key, storedHash);
        return same && pepper.isPresent();
    }

    /// Every id, the oldest first.
    public List<String> ids() {
        return List.copyOf(known.byId().keySet());
    }

    /// Looks whether the files changed. Reads them.
    @Override
    public synchronized void refresh() {
        try {
            Known now = read(place);
            if (!now.byId().keySet().equals(known.byId().keySet())
                    || !now.current().id().equals(known.current().id())) {
                LOG.info(
                        "Peppers: {}; new keys are made under {}",
                        now.byId().keySet(),
                        now.current().id());
                known = now;
            }
            broken = false;
        } catch (InvalidSecurityFileException unusable) {
            if (!broken) {
                LOG.error("Peppers known before stay in use: {}", unusable.getMessage());
            }
            broken = true;
        }
    }

    private static Known read(Path place) {
        if (!Files.isDirectory(place)) {
            Pepper only = Pepper.load(place);
            NavigableMap<String, Pepper> byId = new TreeMap<>();
            byId.put(only.id(), only);
            return new Known(byId, only);
        }
        try {
            return ofDirectory(place);
        } catch (IOException | DirectoryIteratorException unreadable) {
            throw new InvalidSecurityFileException(SETTING, place, unreadable);
        }
    }

    private static Known ofDirectory(Path directory) throws IOException {
        NavigableMap<String, Pepper> byId = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            for (Path file : files) {
                Pepper pepper = Pepper.load(file);
                byId.put(pepper.id(), pepper);
            }
        }
        if (byId.isEmpty()) {
            throw new IOException("no file *" + SUFFIX);
        }
        Path pointer = directory.resolve(CURRENT);
        String id = Files.exists(pointer) ? Files.readString(pointer).strip() : byId.lastKey();
        Pepper current = byId.get(id);
        if (current == null) {
            throw new IOException("no pepper of the id '" + id + "' that the file '" + CURRENT + "' names");
        }
        return new Known(byId, current);
    }
}
