package io.weir.orchestration.keycheck;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.weir.orchestration.dialect.ChatRequestReader;
import io.weir.orchestration.provider.Provider;
import io.weir.orchestration.provider.ProviderCalls;
import io.weir.orchestration.provider.ProviderFailure;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/// Tries a tenant's key with one small chat. The tenant's account pays for it, if anybody; no book here has it.
final class KeyProbe {

    private static final int LONGEST_ANSWER = 16;

    private final ProviderCalls calls;

    KeyProbe(ProviderCalls calls) {
        this.calls = calls;
    }

    /// What the provider made of a key.
    ///
    /// @param status its HTTP status; null: none was received, or it accepted the key
    /// @param code of the problem that a call would have met; null: none
    /// @param message what the provider said, without the key; null: it accepted the key
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Verdict(
            String provider,
            String keyId,
            String model,
            boolean accepted,
            @Nullable Integer status,
            @Nullable String code,
            @Nullable String message,
            long latencyMs) {}

    /// Never fails for what the provider does.
    Mono<Verdict> of(Provider own, String model, String requestId) {
        long since = System.nanoTime();
        byte[] body = ("{\"model\":\"" + model + "\",\"max_completion_tokens\":" + LONGEST_ANSWER
                        + ",\"messages\":[{\"role\":\"user\",\"content\":\"Reply with OK.\"}]}")
                .getBytes(StandardCharsets.UTF_8);
        return calls.probe(own, own.dialect().chat(ChatRequestReader.read(body), model, LONGEST_ANSWER), requestId)
                .then(Mono.fromSupplier(() -> verdict(own, model, since, null)))
                .onErrorResume(ProviderFailure.class, refused -> Mono.just(verdict(own, model, since, refused)));
    }

    private static Verdict verdict(Provider own, String model, long since, @Nullable ProviderFailure refused) {
        return new Verdict(
                own.name(),
                own.account().id(),
                model,
                refused == null,
                refused == null ? null : refused.status(),
                refused == null ? null : refused.problem().type().code(),
                refused == null ? null : refused.problem().getMessage(),
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since));
    }
}
