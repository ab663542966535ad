package io.weir.orchestration.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.tenancy.TenantId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.reactive.function.server.ServerRequest;

class IdempotencyKeyTests {

    private static final TenantId TENANT = new TenantId(UUID.fromString("0195a0c0-0000-7000-8000-00000000000a"));

    private static ServerRequest named(String... keys) {
        MockServerHttpRequest request = MockServerHttpRequest.post("/v1/chat/completions")
                .header("Idempotency-Key", keys)
                .build();
        return ServerRequest.create(MockServerWebExchange.from(request), List.of());
    }

    static List<String> good() {
        return List.of("a", "8e03978e-40d5-43dd-bc93-6894a57f9324", "!~\"{}:/", "x".repeat(255));
    }

    @ParameterizedTest
    @MethodSource("good")
    void visibleAsciiIsAKey(String key) {
        assertThat(IdempotencyKey.of(named(key))).contains(new IdempotencyKey(key));
    }

    static List<String> bad() {
        return List.of("", " ", "two words", "tab\tin it", "über", "\u0000", "x".repeat(256));
    }

    @ParameterizedTest
    @MethodSource("bad")
    void whatElseIsThereIsRefusedByTheHeadersName(String key) {
        refused(named(key));
    }

    @Test
    void twoAreRefusedAlsoWhereTheyAreTheSame() {
        refused(named("a", "a"));
    }

    private static void refused(ServerRequest request) {
        assertThatThrownBy(() -> IdempotencyKey.of(request))
                .isInstanceOfSatisfying(PlatformException.class, problem -> {
                    assertThat(problem.type()).isEqualTo(ProblemType.INVALID_REQUEST);
                    assertThat(problem.param()).isEqualTo("idempotency-key");
                    assertThat(problem).hasMessageContaining("Idempotency-Key");
                });
    }

    @Test
    void noneIsNone() {
        assertThat(IdempotencyKey.of(named())).isEmpty();
    }

    private static Claim claim(TenantId tenant, String key, String method, String path, String body) {
        return Claim.of(
                tenant,
                "keyabc",
                new IdempotencyKey(key),
                "request",
                method,
                path,
                body.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void theNameIsTheTenantsAndDoesNotSayTheKey() {
        Claim claim = claim(TENANT, "my-secret-key", "POST", "/v1/chat/completions", "{}");
        assertThat(claim.name())
                .startsWith("weir:idempotency:{" + TENANT.value() + "}:")
                .doesNotContain("my-secret-key");
        TenantId other = new TenantId(UUID.fromString("0195a0c0-0000-7000-8000-00000000000b"));
        assertThat(claim(other, "my-secret-key", "POST", "/v1/chat/completions", "{}")
                        .name())
                .isNotEqualTo(claim.name());
        assertThat(claim(TENANT, "my-secret-kez", "POST", "/v1/chat/completions", "{}")
                        .name())
                .isNotEqualTo(claim.name());
    }

    @Test
    void theSameRequestIsKnownByItsBytes() {
        Claim first = claim(TENANT, "k", "POST", "/v1/chat/completions", "{\"a\":1}");
        Claim again = claim(TENANT, "k", "POST", "/v1/chat/completions/", "{\"a\":1}");
        assertThat(again.fingerprint()).isEqualTo(first.fingerprint());
        assertThat(again.owner()).isNotEqualTo(first.owner());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":2}", "{\"a\": 1}", ""})
    void anotherBodyIsAnotherRequest(String body) {
        assertThat(claim(TENANT, "k", "POST", "/v1/chat/completions", body).fingerprint())
                .isNotEqualTo(claim(TENANT, "k", "POST", "/v1/chat/completions", "{\"a\":1}")
                        .fingerprint());
    }

    @Test
    void soIsAnotherPathOrMethodAlsoWhereTheBytesInARowAreTheSame() {
        String one = claim(TENANT, "k", "POST", "/v1/a", "b").fingerprint();
        assertThat(List.of(
                        claim(TENANT, "k", "POST", "/v1/ab", "").fingerprint(),
                        claim(TENANT, "k", "PUT", "/v1/a", "b").fingerprint(),
                        claim(TENANT, "k", "POST", "/v1/", "ab").fingerprint()))
                .doesNotContain(one)
                .doesNotHaveDuplicates();
    }
}
