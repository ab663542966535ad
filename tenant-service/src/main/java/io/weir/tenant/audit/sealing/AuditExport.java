package io.weir.tenant.audit.sealing;

import io.weir.tenancy.TenantId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Checkpoints with their leaves as files that are written once: `<tenant>/<day>/<number>.json` below a
/// directory that the database cannot write. A file appears whole or not at all, and is never replaced.
/// Blocks.
final class AuditExport {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Pattern NAME = Pattern.compile("(\\d{12})\\.json");
    private static final HexFormat HEX = HexFormat.of();

    private final Path directory;

    AuditExport(Path directory) {
        this.directory = directory;
    }

    /// A checkpoint and the leaf hashes under it.
    record Exported(Checkpoint checkpoint, List<byte[]> leaves) {}

    private record Content(
            UUID tenantId,
            long number,
            long from,
            long to,
            String root,
            String previous,
            java.time.Instant sealedAt,
            String kid,
            String signature,
            List<String> leaves) {}

    /// Returns once it is on the disk. Writing the same again changes nothing; throws
    /// [UncheckedIOException] where another checkpoint of that number is there already, or the directory
    /// cannot be written.
    void write(Checkpoint checkpoint, List<byte[]> leaves) {
        byte[] bytes = JSON.writeValueAsBytes(new Content(
                checkpoint.tenant().value(),
                checkpoint.number(),
                checkpoint.from(),
                checkpoint.to(),
                checkpoint.root(),
                checkpoint.previous(),
                checkpoint.sealedAt(),
                checkpoint.kid(),
                checkpoint.signature(),
                leaves.stream().map(HEX::formatHex).toList()));
        String day =
                checkpoint.sealedAt().atOffset(ZoneOffset.UTC).toLocalDate().toString();
        Path file = of(checkpoint.tenant()).resolve(day).resolve("%012d.json".formatted(checkpoint.number()));
        try {
            writeOnce(file, bytes);
        } catch (IOException failed) {
            throw new UncheckedIOException("checkpoint " + file + " cannot be written: " + failed.getMessage(), failed);
        }
    }

    private static void writeOnce(Path file, byte[] bytes) throws IOException {
        Path folder = file.resolveSibling("");
        Files.createDirectories(folder);
        Path whole = Files.createTempFile(folder, "checkpoint", ".tmp");
        try (FileChannel channel = FileChannel.open(whole, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
        try {
            // Unlike a rename, a link never replaces what is there.
            Files.createLink(file, whole);
        } catch (FileAlreadyExistsException there) {
            if (!Arrays.equals(Files.readAllBytes(file), bytes)) {
                throw there;
            }
        } finally {
            Files.delete(whole);
        }
        try (FileChannel entry = FileChannel.open(folder, StandardOpenOption.READ)) {
            entry.force(true);
        }
    }

    /// Where each checkpoint of the tenant lies, by number.
    NavigableMap<Long, Path> index(TenantId tenant) {
        NavigableMap<Long, Path> found = new TreeMap<>();
        Path own = of(tenant);
        if (!Files.isDirectory(own)) {
            return found;
        }
        try (Stream<Path> files = Files.walk(own, 2)) {
            files.forEach(file -> {
                Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
                if (name.matches()) {
                    found.put(Long.parseLong(name.group(1)), file);
                }
            });
            return found;
        } catch (IOException unreadable) {
            throw new UncheckedIOException("exports in " + own + " cannot be read", unreadable);
        }
    }

    /// Null where the file holds no checkpoint.
    static @Nullable Exported read(Path file) {
        try {
            Content content = Objects.requireNonNull(JSON.readValue(Files.readAllBytes(file), Content.class));
            Checkpoint checkpoint = new Checkpoint(
                    new TenantId(content.tenantId()),
                    content.number(),
                    content.from(),
                    content.to(),
                    content.root(),
                    content.previous(),
                    content.sealedAt(),
                    content.kid(),
                    content.signature());
            return new Exported(
                    checkpoint, content.leaves().stream().map(HEX::parseHex).toList());
        } catch (IOException | JacksonException | IllegalArgumentException | NullPointerException damaged) {
            return null;
        }
    }

    private Path of(TenantId tenant) {
        return directory.resolve(tenant.toString());
    }
}
