package io.weir.local.keys;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// What can be rotated. Passports and snapshots are signed with one key per service: rotating either rotates
/// both.
public enum KeyKind {
    /// Under which API keys are hashed.
    PEPPER,
    PASSPORT,
    SNAPSHOT,
    /// Signs checkpoints of the audit log.
    AUDIT,
    /// Encrypts tenants' data at rest.
    ENVELOPE,
    /// Seals the provider keys that tenants bring.
    PROVIDER;

    /// Throws [IllegalArgumentException] listing the words when it is none of them.
    public static KeyKind of(String word) {
        return Arrays.stream(values())
                .filter(kind -> kind.word().equals(word))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("kind: '" + word + "' (expected one of: " + words() + ")"));
    }

    public static List<String> words() {
        return Arrays.stream(values()).map(KeyKind::word).toList();
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean isServicesOwn() {
        return this == PASSPORT || this == SNAPSHOT;
    }
}
