package io.weir.security;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The key with which a service signs now. Either one file, or a directory in which several keys may lie and a
/// file `current` holds the id of the one in use; with a single key that file may be missing. Read again by
/// [#refresh], so that a rotation needs no restart. A directory that cannot be read then is logged once; the
/// key before stays in use. Safe for use by many threads.
public final class SigningKeys implements Supplier<SigningKey>, Reloadable {

    /// The file that names the key in use.
    public static final String CURRENT = "current";

    private static final Logger LOG = LoggerFactory.getLogger(SigningKeys.class);
    private static final String SETTING = "weir.security.signing-key";

    private final Path place;
    private volatile SigningKey current;
    private volatile boolean broken;

    private SigningKeys(Path place, SigningKey current) {
        this.place = place;
        this.current = current;
    }

    /// Throws [InvalidSecurityFileException] when there is no key that can be used.
    public static SigningKeys load(Path fileOrDirectory) {
        return new SigningKeys(fileOrDirectory, read(fileOrDirectory));
    }

    /// The key to sign with now.
    @Override
    public SigningKey get() {
        return current;
    }

    /// Looks whether another key is current. Reads files.
    @Override
    public synchronized void refresh() {
        try {
            SigningKey now = read(place);
            if (!now.id().equals(current.id())) {
                LOG.info("Signing with key {} from now on, before with {}", now.id(), current.id());
                current = now;
            }
            broken = false;
        } catch (InvalidSecurityFileException unusable) {
            if (!broken) {
                LOG.error("Still signing with key {}: {}", current.id(), unusable.getMessage());
            }
            broken = true;
        }
    }

    private static SigningKey read(Path place) {
        return Files.isDirectory(place) ? ofDirectory(place) : SigningKey.load(place);
    }

    private static SigningKey ofDirectory(Path directory) {
        try {
            Path pointer = directory.resolve(CURRENT);
            String id = Files.exists(pointer) ? Files.readString(pointer).strip() : null;
            List<Path> found = new ArrayList<>();
            try (DirectoryStream<Path> files =
                    Files.newDirectoryStream(directory, id == null ? "*.pem" : "*." + id + ".pem")) {
                files.forEach(found::add);
            }
            if (found.size() != 1) {
                throw new IOException(found.size() + " keys" + (id == null ? "" : " of id " + id)
                        + ", expected: one, or a file '" + CURRENT + "' with the id of one");
            }
            return SigningKey.load(found.getFirst());
        } catch (IOException | DirectoryIteratorException unreadable) {
            throw new InvalidSecurityFileException(SETTING, directory, unreadable);
        }
    }
}
