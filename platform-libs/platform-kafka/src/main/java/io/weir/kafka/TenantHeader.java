package io.weir.kafka;

import io.weir.tenancy.TenantId;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/// The tenant on a record. A consumer refuses a record whose header and payload differ.
public final class TenantHeader {

    /// The header's name.
    public static final String NAME = "tenant-id";

    private TenantHeader() {}

    public static void stamp(Headers headers, TenantId tenant) {
        headers.add(NAME, tenant.toString().getBytes(StandardCharsets.US_ASCII));
    }

    /// Empty where there is none, or more than one, or it is no tenant id.
    public static Optional<TenantId> read(Headers headers) {
        Header only = null;
        for (Header header : headers.headers(NAME)) {
            if (only != null) {
                return Optional.empty();
            }
            only = header;
        }
        if (only == null || only.value() == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(TenantId.of(new String(only.value(), StandardCharsets.US_ASCII)));
        } catch (IllegalArgumentException forged) {
            return Optional.empty();
        }
    }
}
