package io.weir.tenant.lifecycle;

import io.weir.security.Envelope;
import io.weir.tenancy.TenantId;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/// Files with archives of tenants, readable by this service's user alone, and encrypted where there is an envelope key.
/// Blocks; a file appears whole or not at all.
@Component
final class Archives {

    private static final Logger LOG = LoggerFactory.getLogger(Archives.class);
    private static final String SEALED = ".zip.sealed";
    private static final String PLAIN = ".zip";
    private static final FileAttribute<?> PRIVATE_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<?> PRIVATE_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Path directory;
    private final @Nullable Envelope envelope;

    Archives(
            ArchiveProperties properties,
            @Value("${weir.state-directory}") Path state,
            ObjectProvider<Envelope> envelope) {
        Path own = properties.directory();
        this.directory = own == null ? state.resolve("exports") : own;
        this.envelope = envelope.getIfAvailable();
        if (this.envelope == null) {
            LOG.info("Archives of tenants are not encrypted: no weir.security.envelope-keyset");
        }
    }

    /// Writes an archive's bytes.
    @FunctionalInterface
    interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    void write(TenantId tenant, UUID job, Content content) throws IOException {
        Files.createDirectories(directory, PRIVATE_DIRECTORY);
        Path next = Files.createTempFile(directory, "archive", ".tmp", PRIVATE_FILE);
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(next))) {
                writeSealed(tenant, job, content, out);
            }
            Files.move(next, file(tenant, job, envelope != null), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(next);
        }
    }

    private void writeSealed(TenantId tenant, UUID job, Content content, OutputStream out) throws IOException {
        Envelope sealing = envelope;
        if (sealing == null) {
            content.writeTo(out);
            return;
        }
        try (SealedOutput sealed = new SealedOutput(new DataOutputStream(out), sealing, tenant, job)) {
            content.writeTo(sealed);
        }
    }

    boolean exists(TenantId tenant, UUID job) {
        return Files.exists(file(tenant, job, true)) || Files.exists(file(tenant, job, false));
    }

    /// The archive's bytes; the caller closes it.
    InputStream open(TenantId tenant, UUID job) throws IOException {
        Path sealed = file(tenant, job, true);
        Envelope opening = envelope;
        if (!Files.exists(sealed)) {
            return Files.newInputStream(file(tenant, job, false));
        }
        if (opening == null) {
            throw new IOException("the archive is encrypted, and weir.security.envelope-keyset is not set");
        }
        return new SealedInput(
                new DataInputStream(new BufferedInputStream(Files.newInputStream(sealed))), opening, tenant, job);
    }

    /// Removes every archive of the tenant; answers with how many there were.
    int remove(TenantId tenant) throws IOException {
        if (!Files.exists(directory)) {
            return 0;
        }
        int removed = 0;
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                if (file.getFileName().toString().startsWith(tenant + "_") && Files.deleteIfExists(file)) {
                    removed++;
                }
            }
        }
        return removed;
    }

    private Path file(TenantId tenant, UUID job, boolean sealed) {
        return directory.resolve(tenant + "_" + job + (sealed ? SEALED : PLAIN));
    }

    // For the place of a block: its number, and whether it is the last, so that a file cut short does not look whole.
    static Envelope.Place place(TenantId tenant, UUID job, long number, boolean last) {
        return new Envelope.Place(tenant, "export", job + "/" + number + (last ? "/last" : ""));
    }
}
