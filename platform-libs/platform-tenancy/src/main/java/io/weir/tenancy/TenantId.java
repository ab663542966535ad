package io.weir.tenancy;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/// Identifies a tenant for ever; a slug may be reused after erasure, an id never.
public record TenantId(@JsonValue UUID value) implements Comparable<TenantId> {

    /// The reserved tenant that operators' own keys belong to. It has no budget and is never billed.
    public static final TenantId PLATFORM = new TenantId(UUID.fromString("00000000-0000-7000-8000-000000000001"));

    /// Reads the canonical text form.
    /// Throws [IllegalArgumentException] naming the text when it is not a UUID in its canonical form.
    @JsonCreator
    public static TenantId of(String text) {
        try {
            UUID value = UUID.fromString(text);
            if (value.toString().equalsIgnoreCase(text)) {
                return new TenantId(value);
            }
        } catch (IllegalArgumentException notAUuid) {
            throw new IllegalArgumentException("tenant id: '" + text + "' (expected: a UUID)", notAUuid);
        }
        throw new IllegalArgumentException("tenant id: '" + text + "' (expected: a UUID)");
    }

    @Override
    public int compareTo(TenantId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
