package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.orchestration.FileClient.Answer;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.testing.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What holds of the files API, in the context of another test. Files have 4 MB at most there, all of a
/// tenant 6 MB.
interface StoredFileCalls {

    Mesh mesh();

    private FileClient client() {
        return FileClient.of(mesh().client(mesh().tenant()));
    }

    private static List<String> filesIn(Path directory) {
        try (Stream<Path> all = Files.exists(directory) ? Files.list(directory) : Stream.of()) {
            return all.map(path -> path.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    default void whatIsUploadedIsThereToTheByteUntilItIsDeleted() throws Exception {
        TenantSnapshot tenant = mesh().tenant();
        FileClient client = FileClient.of(mesh().client(tenant));
        String content = "{\"a\": \"\u00e4\"}\n".repeat(50_000);
        Answer answer = client.multipart(FileClient.field("purpose", "batch")
                + FileClient.file("../../etc/p\u00e4sswd", content)
                + FileClient.END);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        JsonNode file = answer.json();
        assertThat(file.path("object").asString()).isEqualTo("file");
        assertThat(file.path("bytes").asLong()).isEqualTo(bytes.length);
        assertThat(file.path("purpose").asString()).isEqualTo("batch");
        assertThat(file.path("status").asString()).isEqualTo("processed");
        assertThat(file.path("filename").asString()).isEqualTo("../../etc/p\u00e4sswd");
        assertThat(file.path("sha256").asString())
                .isEqualTo(HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
        String path = "/v1/files/" + answer.id();
        assertThat(client.get(path).json()).isEqualTo(file);
        assertThat(client.get(path + "/content").body()).isEqualTo(content);
        Path directory =
                mesh().state().resolve("files").resolve(tenant.tenantId().toString());
        assertThat(filesIn(directory)).containsExactly(answer.id());
        assertThat(client.delete(path).json().path("deleted").asBoolean()).isTrue();
        assertThat(filesIn(directory)).isEmpty();
        for (Answer gone : List.of(client.get(path), client.get(path + "/content"), client.delete(path))) {
            assertThat(gone.status()).isEqualTo(404);
            assertThat(gone.param()).isEqualTo("file_id");
        }
    }

    @Test
    default void anotherTenantsFileIsNotThere() {
        String path = "/v1/files/" + client().uploaded("{}\n");
        FileClient other = client();
        assertThat(List.of(other.get(path), other.get(path + "/content"), other.delete(path)))
                .allSatisfy(answer -> assertThat(answer.status()).isEqualTo(404));
        assertThat(other.get("/v1/files").json().path("data")).isEmpty();
    }

    @Test
    default void filesAreListedInPages() {
        FileClient client = client();
        List<String> ids = Stream.of("1", "2", "3").map(client::uploaded).toList();
        JsonNode newest = client.get("/v1/files?limit=2").json();
        assertThat(newest.path("has_more").asBoolean()).isTrue();
        assertThat(newest.path("data").valueStream().map(file -> file.path("id").asString()))
                .containsExactly(ids.get(2), ids.get(1));
        JsonNode rest = client.get("/v1/files?limit=2&after=" + ids.get(1)).json();
        assertThat(rest.path("has_more").asBoolean()).isFalse();
        assertThat(rest.path("last_id").asString()).isEqualTo(ids.getFirst());
        JsonNode oldest =
                client.get("/v1/files?order=asc&purpose=batch&limit=1").json();
        assertThat(oldest.path("first_id").asString()).isEqualTo(ids.getFirst());
        assertThat(client.get("/v1/files?purpose=batch_output").json().path("data"))
                .isEmpty();
        assertThat(client.get("/v1/files?limit=0").param()).isEqualTo("limit");
        assertThat(client.get("/v1/files?order=up").param()).isEqualTo("order");
        assertThat(client.get("/v1/files?after=file-1").status()).isEqualTo(404);
        assertThat(client.get("/v1/files/..%2F..%2Fstate").status()).isEqualTo(404);
    }

    @Test
    default void whatIsNoUploadIsRefusedByItsFieldAndKeptNowhere() {
        TenantSnapshot tenant = mesh().tenant();
        FileClient client = FileClient.of(mesh().client(tenant));
        String purpose = FileClient.field("purpose", "batch");
        String file = FileClient.file("a", "{}");
        assertThat(client.multipart(FileClient.field("purpose", "assistants") + file + FileClient.END)
                        .param())
                .isEqualTo("purpose");
        assertThat(client.multipart(file + FileClient.END).param()).isEqualTo("purpose");
        assertThat(client.multipart(purpose + FileClient.END).param()).isEqualTo("file");
        assertThat(client.multipart(purpose + FileClient.file("a", "") + FileClient.END)
                        .param())
                .isEqualTo("file");
        assertThat(client.multipart(purpose + file + file + FileClient.END).param())
                .isEqualTo("file");
        assertThat(client.multipart(file + FileClient.field("purpose", "fine-tune") + FileClient.END)
                        .param())
                .isEqualTo("purpose");
        assertThat(client.multipart(purpose + FileClient.field("x", "y") + file + FileClient.END)
                        .param())
                .isEqualTo("x");
        assertThat(client.multipart(purpose + file).status()).isEqualTo(400);
        assertThat(client.multipart("nonsense").status()).isEqualTo(400);
        assertThat(client.post("/v1/files", "{}").status()).isEqualTo(415);
        assertThat(client.get("/v1/files").json().path("data")).isEmpty();
        Path directory =
                mesh().state().resolve("files").resolve(tenant.tenantId().toString());
        Eventually.passes(
                Duration.ofSeconds(20), () -> assertThat(filesIn(directory)).isEmpty());
    }

    @Test
    default void aFileThatIsTooLargeIsRefusedAndSoIsOneTooMany() {
        FileClient client = client();
        byte[] head =
                (FileClient.field("purpose", "batch") + FileClient.file("a", "")).getBytes(StandardCharsets.UTF_8);
        byte[] large = new byte[5 * 1024 * 1024];
        Answer tooLarge = client.multipart(BodyPublishers.concat(
                BodyPublishers.ofByteArray(head, 0, head.length - 2),
                BodyPublishers.ofByteArray(large),
                BodyPublishers.ofString("\r\n" + FileClient.END)));
        assertThat(tooLarge.status()).as(tooLarge.body()).isEqualTo(413);
        String most = "x".repeat(3 * 1024 * 1024);
        String first = client.uploaded(most);
        client.uploaded(most);
        Answer oneTooMany =
                client.multipart(FileClient.field("purpose", "batch") + FileClient.file("a", "xyz") + FileClient.END);
        assertThat(oneTooMany.status()).isEqualTo(413);
        assertThat(client.delete("/v1/files/" + first).status()).isEqualTo(200);
        client.uploaded(most);
    }

    @Test
    default void whatAnErasedTenantHadIsErased() {
        TenantSnapshot tenant = mesh().tenant();
        FileClient client = FileClient.of(mesh().client(tenant));
        String path = "/v1/files/" + client.uploaded("{}");
        Path directory =
                mesh().state().resolve("files").resolve(tenant.tenantId().toString());
        assertThat(filesIn(directory)).hasSize(1);
        mesh().erase(tenant);
        Eventually.passes(Duration.ofSeconds(30), () -> {
            assertThat(directory).doesNotExist();
            assertThat(client.get(path).status()).isEqualTo(404);
        });
    }
}
