package io.weir.orchestration.file;

import io.weir.tenancy.TenantId;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.Delete;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Object;

/// A bucket of S3, or of what speaks like it. Names are a prefix, the tenant and the file, so that a policy may name a
/// tenant's. What is large goes in parts; an upload that breaks off leaves no file.
final class S3FileStore implements FileStore, AutoCloseable {

    private static final int DELETED_AT_ONCE = 1_000;

    private final S3AsyncClient s3;
    private final FilesProperties.S3 terms;

    S3FileStore(S3AsyncClient s3, FilesProperties.S3 terms) {
        this.s3 = s3;
        this.terms = terms;
    }

    private String of(TenantId tenant) {
        return terms.prefix() + tenant + "/";
    }

    private String of(TenantId tenant, FileId file) {
        return of(tenant) + file;
    }

    @Override
    public Mono<Written> write(TenantId tenant, FileId file, Flux<DataBuffer> content, long most) {
        return Mono.defer(() -> {
            Counted counted = new Counted(most);
            AtomicReference<@Nullable Throwable> broken = new AtomicReference<>();
            Flux<ByteBuffer> bytes =
                    content.map(counted::take).map(S3FileStore::copied).doOnError(broken::set);
            return asked(() -> s3.putObject(put(of(tenant, file)), AsyncRequestBody.fromPublisher(bytes)))
                    // The client has its own words for a content that breaks off.
                    .onErrorMap(failed -> {
                        Throwable first = broken.get();
                        return first == null ? failed : first;
                    })
                    .then(Mono.fromSupplier(counted::written));
        });
    }

    private PutObjectRequest put(String key) {
        PutObjectRequest.Builder put =
                PutObjectRequest.builder().bucket(terms.bucket()).key(key).contentType("application/octet-stream");
        if (terms.encryption() != FilesProperties.Encryption.BUCKET) {
            put.serverSideEncryption(terms.encryption().header());
        }
        if (!terms.kmsKey().isEmpty()) {
            put.ssekmsKeyId(terms.kmsKey());
        }
        return put.build();
    }

    // The client keeps it until a part is full; the buffer is from a pool.
    private static ByteBuffer copied(DataBuffer buffer) {
        try {
            byte[] bytes = new byte[buffer.readableByteCount()];
            buffer.read(bytes);
            return ByteBuffer.wrap(bytes);
        } finally {
            DataBufferUtils.release(buffer);
        }
    }

    @Override
    public Flux<DataBuffer> read(TenantId tenant, FileId file, long from, long to) {
        String key = of(tenant, file);
        if (from >= to) {
            return asked(() -> s3.headObject(head -> head.bucket(terms.bucket()).key(key)))
                    .onErrorMap(NoSuchKeyException.class, gone -> new NoSuchFileException(file.toString()))
                    .thenMany(Flux.empty());
        }
        return asked(() -> s3.getObject(
                        get -> get.bucket(terms.bucket()).key(key).range("bytes=" + from + "-" + (to - 1)),
                        AsyncResponseTransformer.toPublisher()))
                .onErrorMap(NoSuchKeyException.class, gone -> new NoSuchFileException(file.toString()))
                .flatMapMany(Flux::from)
                .onErrorMap(CompletionException.class, S3FileStore::cause)
                .map(DefaultDataBufferFactory.sharedInstance::wrap);
    }

    @Override
    public Mono<Void> delete(TenantId tenant, FileId file) {
        return asked(() ->
                        s3.deleteObject(delete -> delete.bucket(terms.bucket()).key(of(tenant, file))))
                .then();
    }

    @Override
    public Mono<Void> erase(TenantId tenant) {
        String prefix = of(tenant);
        Mono<Void> deleted = Flux.from(s3.listObjectsV2Paginator(
                                list -> list.bucket(terms.bucket()).prefix(prefix))
                        .contents())
                .subscribeOn(Schedulers.boundedElastic())
                .map(S3Object::key)
                .buffer(DELETED_AT_ONCE)
                .concatMap(this::deleteAll)
                .then();
        Mono<Void> aborted = Flux.from(s3.listMultipartUploadsPaginator(
                                list -> list.bucket(terms.bucket()).prefix(prefix))
                        .uploads())
                .subscribeOn(Schedulers.boundedElastic())
                .concatMap(this::abort)
                .then();
        return deleted.then(aborted).onErrorMap(CompletionException.class, S3FileStore::cause);
    }

    private Mono<Void> deleteAll(List<String> keys) {
        Delete all = Delete.builder()
                .objects(keys.stream()
                        .map(key -> ObjectIdentifier.builder().key(key).build())
                        .toList())
                .quiet(true)
                .build();
        return asked(() ->
                        s3.deleteObjects(delete -> delete.bucket(terms.bucket()).delete(all)))
                .flatMap(S3FileStore::orFailed);
    }

    // Some may have stayed although the call succeeded.
    private static Mono<Void> orFailed(DeleteObjectsResponse answer) {
        return answer.errors().isEmpty()
                ? Mono.empty()
                : Mono.error(new IllegalStateException(answer.errors().size() + " objects were not deleted, the first: "
                        + answer.errors().getFirst().code()));
    }

    private Mono<Void> abort(MultipartUpload upload) {
        return asked(() -> s3.abortMultipartUpload(
                        abort -> abort.bucket(terms.bucket()).key(upload.key()).uploadId(upload.uploadId())))
                .then();
    }

    // To look for credentials may block, and what follows is the request itself, which is not for the client's few
    // threads. Cancelling ends the call.
    private static <T> Mono<T> asked(Supplier<CompletableFuture<T>> call) {
        return Mono.fromFuture(call)
                .subscribeOn(Schedulers.boundedElastic())
                .publishOn(Schedulers.parallel())
                .onErrorMap(CompletionException.class, S3FileStore::cause);
    }

    private static Throwable cause(Throwable failed) {
        Throwable cause = failed.getCause();
        return cause == null ? failed : cause;
    }

    @Override
    public void close() {
        s3.close();
    }
}
