package io.weir.local.keys;

import io.weir.local.state.PrivateFiles;
import io.weir.security.KeyPairFiles;
import io.weir.security.SigningKey;
import io.weir.security.SigningKeys;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The signing keys of one owner as files: `<owner>.<id>.pem` with the private halves, `current`, and the
/// public halves in the directory that every service trusts.
final class SigningKeyFiles {

    private final String owner;
    private final Path directory;
    private final Path trusted;

    SigningKeyFiles(String owner, Path directory, Path trusted) {
        this.owner = owner;
        this.directory = directory;
        this.trusted = trusted;
    }

    String owner() {
        return owner;
    }

    /// Those that are trusted, whether or not their private halves are still there.
    List<String> ids() throws IOException {
        List<String> ids = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(trusted, owner + ".*.pem")) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                ids.add(name.substring(owner.length() + 1, name.length() - ".pem".length()));
            }
        }
        return ids.stream().sorted().toList();
    }

    String current() {
        return SigningKeys.load(directory).get().id();
    }

    /// Adds a key that everybody comes to trust and nobody signs with yet, and gives its id.
    String add() throws IOException {
        use(current());
        return SigningKey.load(KeyPairFiles.generate(owner, directory, trusted)).id();
    }

    void use(String id) {
        PrivateFiles.write(directory.resolve(SigningKeys.CURRENT), id);
    }

    /// Nobody can sign with it any more.
    void removePrivate(String id) throws IOException {
        Files.deleteIfExists(directory.resolve(name(id)));
    }

    /// Nobody trusts it any more.
    void removePublic(String id) throws IOException {
        Files.deleteIfExists(trusted.resolve(name(id)));
    }

    Path publicFile(String id) {
        return trusted.resolve(name(id));
    }

    private String name(String id) {
        return owner + "." + id + ".pem";
    }
}
