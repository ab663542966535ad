package io.weir.orchestration.batch;

import io.weir.orchestration.provider.ProviderFailure;
import io.weir.problem.ErrorBody;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// A line of a batch's answers, as OpenAI writes them, with the line's end.
///
/// @param failed whether it belongs into the file of errors
record ResultLine(int line, boolean failed, byte[] bytes) {

    private static final JsonMapper JSON = JsonMapper.shared();

    /// The answer to a call.
    static ResultLine answered(BatchId batch, int line, int run, String customId, byte[] body) {
        return responded(batch, line, run, customId, 200, body);
    }

    /// What its client would have been told.
    static ResultLine refused(BatchId batch, int line, int run, String customId, PlatformException problem) {
        String message = problem.getMessage();
        byte[] body = ErrorBody.openAiBytes(
                problem.type(),
                message == null ? problem.type().title() : message,
                problem.param(),
                batch.requestId(line, run));
        return responded(batch, line, run, customId, problem.type().status(), body);
    }

    /// It was not run.
    ///
    /// @param ending of the batch: `expired` or `cancelled`
    static ResultLine unrun(BatchId batch, int line, String customId, String ending) {
        String why = ending.equals("expired")
                ? "This request could not be executed before the completion window expired."
                : "This request was not executed, since the batch was cancelled.";
        ByteArrayOutputStream bytes = head(batch, line, customId);
        write(bytes, "null,\"error\":{\"code\":\"batch_" + ending + "\",\"message\":\"" + why + "\"}}\n");
        return new ResultLine(line, true, bytes.toByteArray());
    }

    private static ResultLine responded(BatchId batch, int line, int run, String customId, int status, byte[] body) {
        ByteArrayOutputStream bytes = head(batch, line, customId);
        write(bytes, "{\"status_code\":" + status + ",\"request_id\":\"" + batch.requestId(line, run) + "\",\"body\":");
        for (byte b : body) {
            // Between the tokens of JSON, where a provider may break lines, they mean nothing.
            bytes.write(b == '\n' || b == '\r' ? ' ' : b);
        }
        write(bytes, "},\"error\":null}\n");
        return new ResultLine(line, status >= 300, bytes.toByteArray());
    }

    private static ByteArrayOutputStream head(BatchId batch, int line, String customId) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        write(bytes, "{\"id\":\"" + batch.lineId(line) + "\",\"custom_id\":");
        bytes.writeBytes(JSON.writeValueAsBytes(customId));
        write(bytes, ",\"response\":");
        return bytes;
    }

    private static void write(ByteArrayOutputStream bytes, String text) {
        bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /// What a client would be told of a failure.
    static PlatformException problem(Throwable failure) {
        return switch (failure) {
            case PlatformException problem -> problem;
            case ProviderFailure provider -> provider.problem();
            default -> new PlatformException(ProblemType.INTERNAL_ERROR, "The request failed here.", failure);
        };
    }

    /// Whether the same call may succeed a little later.
    static boolean mayPass(PlatformException problem) {
        return switch (problem.type().retry()) {
            case SOON -> true;
            case NEVER -> false;
            case UNSPECIFIED -> problem.type().status() >= 500;
        };
    }

    /// How long a provider wants to be left alone; null: it did not say.
    static @Nullable Duration wait(Throwable failure) {
        return failure instanceof ProviderFailure provider ? provider.retryAfter() : null;
    }
}
