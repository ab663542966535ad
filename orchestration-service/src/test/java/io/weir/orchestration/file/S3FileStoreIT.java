package io.weir.orchestration.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.tenancy.TenantId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/// Against a server that speaks like S3.
@Tag("infra")
class S3FileStoreIT extends FileStoreContract {

    @TempDir
    private static Path directory = Path.of("");

    private static @Nullable S3Server server;
    private static @Nullable S3AsyncClient client;

    @BeforeAll
    static void start() throws IOException {
        S3Server started = S3Server.start(directory);
        server = started;
        client = S3Clients.of(started.terms(), started.credentials());
    }

    @AfterAll
    static void stop() throws InterruptedException {
        client().close();
        server().close();
    }

    @Override
    FileStore store() {
        return new S3FileStore(client(), server().terms());
    }

    @Override
    List<String> names(TenantId tenant) {
        String prefix = "weir/" + tenant + "/";
        List<String> names = new ArrayList<>(
                client().listObjectsV2(list -> list.bucket("files").prefix(prefix)).join().contents().stream()
                        .map(S3Object::key)
                        .toList());
        client().listMultipartUploads(list -> list.bucket("files").prefix(prefix)).join().uploads().stream()
                .map(MultipartUpload::key)
                .filter(key -> key.startsWith(prefix))
                .forEach(names::add);
        return names;
    }

    @Test
    void whoMayNotIsRefused() {
        try (S3AsyncClient stranger = S3Clients.of(server().terms(), server().wrongCredentials())) {
            FileStore store = new S3FileStore(stranger, server().terms());
            TenantId tenant = new TenantId(UUID.randomUUID());
            FileId file = new FileId(UUID.randomUUID());
            assertThatThrownBy(() -> store.read(tenant, file, 0, 10).blockLast(LIMIT))
                    .isInstanceOf(S3Exception.class);
            assertThat(names(tenant)).isEmpty();
        }
    }

    private static S3Server server() {
        return Objects.requireNonNull(server);
    }

    private static S3AsyncClient client() {
        return Objects.requireNonNull(client);
    }
}
