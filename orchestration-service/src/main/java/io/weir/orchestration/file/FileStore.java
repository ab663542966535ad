package io.weir.orchestration.file;

import io.weir.tenancy.TenantId;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Where files' bytes are. Names that clients chose never reach it. Safe for use by many threads.
public interface FileStore {

    /// What was written.
    ///
    /// @param sha256 in hexadecimal
    record Written(long bytes, String sha256) {}

    /// Writes the whole content in place of what the file had, if anything; readers see all of it or
    /// nothing. Takes and releases the buffers. Fails with a 413 [io.weir.problem.PlatformException]
    /// beyond that many bytes.
    Mono<Written> write(TenantId tenant, FileId file, Flux<DataBuffer> content, long most);

    /// The bytes from one position to before another. Fails with [java.nio.file.NoSuchFileException]
    /// where there is no such file. Whoever takes the buffers releases them.
    Flux<DataBuffer> read(TenantId tenant, FileId file, long from, long to);

    /// Completes where there is no such file, too.
    Mono<Void> delete(TenantId tenant, FileId file);

    /// Deletes all that a tenant has.
    Mono<Void> erase(TenantId tenant);
}
