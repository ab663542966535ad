package io.weir.security.setup;

import io.weir.security.ApiKey;
import io.weir.security.EnvelopeKeyset;
import io.weir.security.KeyPairFiles;
import io.weir.security.Peppers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;

/// What is in each kind of secret: new ones, each time it is asked.
final class SecretContents {

    private static final int RANDOM_BYTES = 24;
    private static final String SIGNING = "signing-";

    private final SecureRandom random = new SecureRandom();

    /// @param files of the directory that services mount, by their names
    /// @param trusted files that all services must know before the others are used
    record Content(Map<String, String> files, Map<String, String> trusted) {

        private static Content of(Map<String, String> files) {
            return new Content(files, Map.of());
        }
    }

    /// Letters and digits alone: it passes through URLs and settings of all kinds.
    String password() {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /// Throws [IllegalArgumentException] for an id that is none.
    Content of(String id) throws IOException {
        return switch (id) {
            case "pepper" -> Content.of(Map.of("p0001" + Peppers.SUFFIX, password(), Peppers.CURRENT, "p0001"));
            case "envelope-keyset", "provider-keyset" ->
                Content.of(Map.of("keyset.json", EnvelopeKeyset.create().json()));
            case "admin-key" ->
                Content.of(Map.of(
                        "admin-api-key",
                        ApiKey.generate(ApiKey.Mode.LIVE, random).reveal()));
            case "audit-signing" -> keyPair("audit");
            default -> {
                if (!id.startsWith(SIGNING)) {
                    throw new IllegalArgumentException("key: '" + id + "' (expected: signing-<service>, pepper,"
                            + " envelope-keyset, provider-keyset, audit-signing or admin-key)");
                }
                yield keyPair(id.substring(SIGNING.length()));
            }
        };
    }

    private static Content keyPair(String owner) throws IOException {
        Path directory = Files.createTempDirectory("key");
        Path mine = Files.createDirectory(directory.resolve("private"));
        Path ours = Files.createDirectory(directory.resolve("public"));
        Path file = KeyPairFiles.generate(owner, mine, ours);
        String name = file.getFileName().toString();
        Path open = ours.resolve(name);
        try {
            String kid = name.substring(owner.length() + 1, name.length() - ".pem".length());
            return new Content(
                    Map.of(name, Files.readString(file), "current", kid), Map.of(name, Files.readString(open)));
        } finally {
            for (Path one : new Path[] {file, open, mine, ours, directory}) {
                Files.deleteIfExists(one);
            }
        }
    }
}
