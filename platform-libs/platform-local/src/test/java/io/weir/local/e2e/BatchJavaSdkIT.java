package io.weir.local.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.HttpResponse;
import com.openai.models.batches.Batch;
import com.openai.models.batches.BatchCreateParams;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FileObject;
import com.openai.models.files.FilePurpose;
import io.weir.testing.Eventually;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Files and batches by the official SDK for Java.
@Tag("e2e")
class BatchJavaSdkIT {

    private static final int LINES = 12;

    private final OpenAIClient client = OpenAIOkHttpClient.builder()
            .baseUrl(Platform.gateway() + "/v1")
            .apiKey(Platform.demo("bigfinance").apiKey())
            .maxRetries(0)
            .timeout(Duration.ofSeconds(60))
            .build();

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void whatIsUploadedRunsAndIsDownloaded() throws IOException {
        String requests = IntStream.range(0, LINES)
                .mapToObj(
                        i -> "{\"custom_id\":\"c-" + i + "\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\","
                                + "\"body\":{\"model\":\"gpt-4o-mini\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}}\n")
                .collect(Collectors.joining());
        FileObject input = client.files()
                .create(FileCreateParams.builder()
                        .purpose(FilePurpose.BATCH)
                        .file(requests.getBytes(StandardCharsets.UTF_8))
                        .build())
                .validate();
        assertThat(input.bytes()).isEqualTo(requests.length());
        Batch ordered = client.batches()
                .create(BatchCreateParams.builder()
                        .inputFileId(input.id())
                        .endpoint(BatchCreateParams.Endpoint.V1_CHAT_COMPLETIONS)
                        .completionWindow(BatchCreateParams.CompletionWindow._24H)
                        .build())
                .validate();
        Batch done = Eventually.value(
                Duration.ofMinutes(2),
                () -> client.batches().retrieve(ordered.id()).validate(),
                batch -> batch.status().equals(Batch.Status.COMPLETED));
        assertThat(done.requestCounts().orElseThrow().completed()).isEqualTo(LINES);
        try (HttpResponse content = client.files().content(done.outputFileId().orElseThrow())) {
            String answers = new String(content.body().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answers.lines()).hasSize(LINES).allMatch(line -> line.contains("chat.completion"));
        }
        assertThat(client.files().delete(input.id()).validate().deleted()).isTrue();
    }
}
