package io.weir.orchestration.file;

import io.weir.tenancy.TenantId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// A directory, with one of its own for each tenant. Instances that share batches share it. Paths are
/// made of ids alone.
final class DirectoryFileStore implements FileStore {

    private static final int PIECE = 64 * 1024;
    private static final String PART = ".part";

    private final Path root;

    DirectoryFileStore(Path root) {
        this.root = root;
    }

    private Path of(TenantId tenant) {
        return root.resolve(tenant.toString());
    }

    private Path of(TenantId tenant, FileId file) {
        return of(tenant).resolve(file.toString());
    }

    @Override
    public Mono<Written> write(TenantId tenant, FileId file, Flux<DataBuffer> content, long most) {
        return Mono.defer(() -> {
            Counted counted = new Counted(most);
            Path whole = of(tenant, file);
            // Its own name, so that a worker that was taken for dead does not write into another's.
            Path part = of(tenant).resolve(file + "." + System.nanoTime() + PART);
            Mono<Void> written = Mono.fromCallable(() -> {
                        Files.createDirectories(part.getParent());
                        return part;
                    })
                    .subscribeOn(Schedulers.boundedElastic())
                    .flatMap(path -> DataBufferUtils.write(
                            content.map(counted::take), path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))
                    .publishOn(Schedulers.boundedElastic())
                    .then(Mono.fromRunnable(() -> move(part, whole)));
            return written.onErrorResume(failed -> gone(part).then(Mono.error(failed)))
                    .doOnCancel(() -> gone(part).subscribe())
                    .then(Mono.fromSupplier(counted::written));
        });
    }

    // The content is on the disk before its name is.
    private static void move(Path part, Path whole) {
        try {
            try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static Mono<Void> gone(Path path) {
        return Mono.<Void>fromCallable(() -> {
                    Files.deleteIfExists(path);
                    return null;
                })
                .subscribeOn(Schedulers.boundedElastic());
    }

    @Override
    public Flux<DataBuffer> read(TenantId tenant, FileId file, long from, long to) {
        Flux<DataBuffer> read = DataBufferUtils.readAsynchronousFileChannel(
                () -> AsynchronousFileChannel.open(of(tenant, file), StandardOpenOption.READ),
                from,
                DefaultDataBufferFactory.sharedInstance,
                PIECE);
        return DataBufferUtils.takeUntilByteCount(read, to - from).subscribeOn(Schedulers.boundedElastic());
    }

    @Override
    public Mono<Void> delete(TenantId tenant, FileId file) {
        return Mono.<Void>fromCallable(() -> {
                    deleteAll(of(tenant), file + "*");
                    return null;
                })
                .subscribeOn(Schedulers.boundedElastic());
    }

    @Override
    public Mono<Void> erase(TenantId tenant) {
        return Mono.<Void>fromCallable(() -> {
                    deleteAll(of(tenant), "*");
                    Files.deleteIfExists(of(tenant));
                    return null;
                })
                .subscribeOn(Schedulers.boundedElastic());
    }

    private static void deleteAll(Path directory, String names) throws IOException {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, names)) {
            for (Path path : found) {
                Files.deleteIfExists(path);
            }
        } catch (NoSuchFileException nothing) {
            return;
        }
    }
}
