package io.weir.orchestration.file;

import io.weir.orchestration.file.FileStore.Written;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.tenancy.TenantContext;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.codec.DecodingException;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.MediaType;
import org.springframework.http.codec.multipart.FilePartEvent;
import org.springframework.http.codec.multipart.FormPartEvent;
import org.springframework.http.codec.multipart.PartEvent;
import org.springframework.web.reactive.function.server.ServerRequest;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/// Reads `POST /v1/files` as it comes, part by part: the file goes to the store while it is received.
final class UploadReader {

    private static final Logger LOG = LoggerFactory.getLogger(UploadReader.class);

    // Read by Reactor where an error has nobody left to go to: here one that the client is told
    // already.
    private static final String DROPPED = "reactor.onErrorDropped.local";
    private static final String FORM = "Send the file as multipart/form-data with the fields purpose and file.";

    private final StoredFiles files;

    UploadReader(StoredFiles files) {
        this.files = files;
    }

    /// One upload's parts. For one request, whose parts follow each other.
    private static final class Upload {

        private final FileId file;
        private @Nullable String purpose;
        private @Nullable Written written;

        Upload(FileId file) {
            this.file = file;
        }
    }

    /// Fails with a 4xx that says what to send; then nothing is kept.
    Mono<StoredFile> receive(ServerRequest request, TenantContext tenant) {
        MediaType type = request.headers().contentType().orElse(MediaType.APPLICATION_OCTET_STREAM);
        if (!type.isCompatibleWith(MediaType.MULTIPART_FORM_DATA)) {
            return Mono.error(new PlatformException(ProblemType.UNSUPPORTED_MEDIA_TYPE, FORM));
        }
        if (type.getParameter("boundary") == null) {
            return Mono.error(
                    PlatformException.invalid("content-type", "The multipart body names no boundary. " + FORM));
        }
        return Mono.defer(() -> {
            Upload upload = new Upload(files.newId());
            return request.bodyToFlux(PartEvent.class)
                    .onErrorMap(DecodingException.class, malformed -> malformed(malformed))
                    .onErrorMap(IllegalStateException.class, malformed -> malformed(malformed))
                    .windowUntil(PartEvent::isLast)
                    .concatMap(part -> part.switchOnFirst((first, events) -> {
                        PartEvent head = first.get();
                        return head == null ? events.cast(Object.class) : taken(upload, tenant, head, events);
                    }))
                    .then(Mono.defer(() -> accepted(upload, tenant)))
                    .onErrorResume(failed -> files.abandon(tenant, upload.file).then(Mono.error(failed)))
                    .doOnCancel(() -> files.abandon(tenant, upload.file).subscribe())
                    .contextWrite(Context.of(DROPPED, (Consumer<Throwable>)
                            told -> LOG.debug("An upload is no multipart body: {}", told.toString())));
        });
    }

    private static PlatformException malformed(Throwable malformed) {
        return new PlatformException(
                ProblemType.INVALID_REQUEST, "The multipart body cannot be read. " + FORM, malformed);
    }

    private Flux<Object> taken(Upload upload, TenantContext tenant, PartEvent head, Flux<PartEvent> events) {
        return switch (head) {
            case FormPartEvent field -> {
                field(upload, field);
                yield events.cast(Object.class);
            }
            case PartEvent file
            when file.name().equals("file") -> {
                if (upload.written != null) {
                    throw PlatformException.invalid("file", "There is more than one file. Send one in each request.");
                }
                yield files.receive(tenant, upload.file, filename(file), content(events))
                        .doOnNext(written -> upload.written = written)
                        .flux()
                        .cast(Object.class);
            }
            default -> throw PlatformException.invalid(shown(head.name()), "Unknown file field. " + FORM);
        };
    }

    // Some clients send bytes that have no name.
    private static String filename(PartEvent part) {
        return part instanceof FilePartEvent named ? named.filename() : "file";
    }

    private static Flux<DataBuffer> content(Flux<PartEvent> events) {
        return events.map(PartEvent::content).doOnDiscard(DataBuffer.class, DataBufferUtils::release);
    }

    private static void field(Upload upload, FormPartEvent field) {
        switch (field.name()) {
            case "purpose" -> {
                if (!field.value().equals("batch")) {
                    throw PlatformException.invalid(
                            "purpose",
                            "Invalid purpose: '" + shown(field.value())
                                    + "'. Files are kept for batches: send purpose=batch.");
                }
                upload.purpose = field.value();
            }
            case "file" ->
                throw PlatformException.invalid("file", "The part 'file' names no file: send it with a filename.");
            default ->
                throw PlatformException.invalid(
                        shown(field.name()), "Unknown field '" + shown(field.name()) + "'. " + FORM);
        }
    }

    private static String shown(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return bytes.length <= 64 ? text : text.substring(0, Math.min(text.length(), 32)) + "...";
    }

    private Mono<StoredFile> accepted(Upload upload, TenantContext tenant) {
        Written written = upload.written;
        if (upload.purpose == null) {
            return Mono.error(PlatformException.invalid("purpose", "Missing required parameter: 'purpose'. " + FORM));
        }
        if (written == null) {
            return Mono.error(PlatformException.invalid("file", "Missing required parameter: 'file'. " + FORM));
        }
        if (written.bytes() == 0) {
            return Mono.error(PlatformException.invalid("file", "The file is empty."));
        }
        return files.accept(tenant, upload.file, written);
    }
}
