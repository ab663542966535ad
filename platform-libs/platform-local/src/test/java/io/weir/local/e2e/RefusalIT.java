package io.weir.local.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.security.KeyPairFiles;
import io.weir.security.PassportIssuer;
import io.weir.security.Scope;
import io.weir.security.SigningKey;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What a stranger, a neighbour and a forger get: nothing.
@Tag("e2e")
class RefusalIT {

    private static final Platform.Tenant OWN = Platform.demo("midsize-health");
    private static final Platform.Tenant FOREIGN = Platform.demo("bigfinance");
    private static final List<String> SERVICES = List.of("tenant", "orchestration", "analytics", "billing");

    @TempDir
    Path directory = Path.of("");

    @Test
    void everyServiceRefusesEveryForgedPassport() throws IOException {
        Path privateKeys = Files.createDirectory(directory.resolve("private"));
        Path publicKeys = Files.createDirectory(directory.resolve("public"));
        SigningKey stranger = SigningKey.load(KeyPairFiles.generate("gateway", privateKeys, publicKeys));
        SigningKey gateway = SigningKey.load(gatewayKey());
        String genuine = passport(gateway, Clock.systemUTC());
        String[] parts = genuine.split("\\.");
        String none = base64("{\"alg\":\"none\",\"kid\":\"" + gateway.id() + "\"}") + "." + parts[1] + ".";
        InstantSource longAgo = () -> Clock.systemUTC().instant().minusSeconds(600);
        for (String service : SERVICES) {
            String url = Platform.service(service).path("url").asString() + probePath(service);
            assertThat(status(url, genuine))
                    .as("genuine passport at " + service)
                    .isEqualTo(200);
            assertRefused(url, passport(stranger, Clock.systemUTC()), "another key");
            assertRefused(url, passport(gateway, longAgo), "expired");
            assertRefused(url, none, "alg none");
            assertRefused(url, otherAudience(gateway), "another audience");
            assertRefused(url, parts[0] + "." + parts[1] + "." + base64("forged"), "forged signature");
            assertThat(Http.get(url, null).status())
                    .as("no passport at " + service)
                    .isEqualTo(401);
            assertThat(Http.get(url, OWN.apiKey()).status())
                    .as("API key at " + service)
                    .isEqualTo(401);
        }
    }

    @Test
    void aSlugOfAnotherTenantIsRefusedAndTheOwnOneChangesNothing() {
        String url = Platform.gateway() + "/v1/models";
        assertThat(Http.send(Http.request(url, OWN.apiKey())
                                .header("x-tenant-slug", FOREIGN.slug())
                                .GET())
                        .status())
                .isEqualTo(403);
        assertThat(Http.send(Http.request(url, OWN.apiKey())
                                .header("x-tenant-slug", OWN.slug())
                                .GET())
                        .status())
                .isEqualTo(200);
    }

    @Test
    void forgedTenantHeadersAndBaggageChangeNothing() {
        Platform.Tenant own = Platform.provision("forging", "growth", "");
        HttpRequest.Builder forged = Http.request(Platform.gateway() + "/v1/chat/completions", own.apiKey())
                .header("content-type", "application/json")
                .header("x-tenant-id", FOREIGN.id())
                .header("tenant.id", FOREIGN.id())
                .header("baggage", "tenant.id=" + FOREIGN.id())
                .header("x-weir-passport", "ey.forged.passport")
                .header("x-request-id", "chosen-by-the-caller")
                .POST(HttpRequest.BodyPublishers.ofString(Platform.chatBody("Whose am I?", false)));
        Http.Answer answer = Http.send(forged);
        assertThat(answer.status()).as(answer.shown()).isEqualTo(200);
        String requestId = answer.header("x-request-id");
        assertThat(requestId).isNotEqualTo("chosen-by-the-caller");

        String path = Platform.gateway() + "/api/analytics/requests/" + requestId;
        Eventually.passes(
                Duration.ofSeconds(10),
                () -> assertThat(Http.get(path, own.apiKey()).status()).isEqualTo(200));
        Http.Answer foreign = Http.get(path, FOREIGN.apiKey());
        assertThat(foreign.status()).isEqualTo(404);
        assertThat(foreign.body()).doesNotContain(own.id());
        // Spans are exported in batches, some time after the answer.
        Eventually.passes(
                Duration.ofSeconds(30),
                () -> assertThat(Platform.spans().ofTenant(own.id())).isNotEmpty());
        assertThat(Platform.spans().ofTenant(FOREIGN.id()))
                .extracting(OtlpSink.Span::traceId)
                .doesNotContainAnyElementsOf(Platform.spans().ofTenant(own.id()).stream()
                        .map(OtlpSink.Span::traceId)
                        .toList());
    }

    @Test
    void anotherTenantsIdInAPathIsRefusedWithoutSayingAnything() {
        List<String> paths = List.of(
                "/api/tenants/" + FOREIGN.id(),
                "/api/tenants/" + FOREIGN.id() + "/config",
                "/api/tenants/" + FOREIGN.id() + "/keys",
                "/api/v1/tenants/" + FOREIGN.id() + "/usage");
        for (String path : paths) {
            Http.Answer answer = Http.get(Platform.gateway() + path, OWN.apiKey());
            assertThat(answer.status()).as(answer.shown()).isEqualTo(403);
            assertThat(answer.body()).doesNotContain(FOREIGN.slug()).contains("requestId");
        }
        for (String call : List.of("/suspend", "/activate", "/keys", "/placement")) {
            Http.Answer answer = Http.post(
                    Platform.gateway() + "/api/tenants/" + FOREIGN.id() + call, OWN.apiKey(), "{\"name\":\"x\"}");
            assertThat(answer.status()).as(answer.shown()).isEqualTo(403);
        }
        assertThat(Platform.chat(FOREIGN, "Still there?").status()).isEqualTo(200);
    }

    @Test
    void anUnsignedSnapshotRecordIsRefused() throws ExecutionException, InterruptedException, TimeoutException {
        Platform.Tenant tenant = Platform.provision("unsigned", "growth", "");
        String forged = "{\"tenantId\":\"" + tenant.id() + "\",\"slug\":\"" + tenant.slug()
                + "\",\"status\":\"suspended\",\"plan\":\"growth\",\"placement\":\"pool\",\"region\":\"local\","
                + "\"timeZone\":\"UTC\",\"currency\":\"USD\",\"settings\":{\"models\":{\"allowed\":[]}},"
                + "\"version\":99,\"createdAt\":\"2026-01-01T00:00:00Z\"}";
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", Platform.kafka(), "acks", "all"),
                new StringSerializer(),
                new StringSerializer())) {
            producer.send(new ProducerRecord<>("weir.tenants.v1", tenant.id(), forged))
                    .get(10, TimeUnit.SECONDS);
        }
        Eventually.passes(
                Duration.ofSeconds(10),
                () -> assertThat(Platform.log("gateway"))
                        .anyMatch(
                                line -> line.contains("Refused a record of tenants.v1") && line.contains(tenant.id())));
        assertThat(Platform.chat(tenant, "Am I suspended?").status()).isEqualTo(200);
    }

    @Test
    void noErrorLeaksTheInside() {
        for (String path : List.of("/v1/nothing", "/api/nothing", "/v1/chat/completions/", "/nothing")) {
            for (String key : Stream.of(OWN.apiKey(), "weir_live_nonsense").toList()) {
                Http.Answer answer = Http.post(Platform.gateway() + path, key, "{\"model\": }");
                assertThat(answer.status()).as(answer.shown()).isBetween(400, 499);
                assertThat(answer.body()).doesNotContain("Exception", "io.weir", "127.0.0.1", "at java");
                assertThat(answer.header("x-request-id")).isNotEmpty();
                JsonNode body = answer.json();
                assertThat(body.has("error") || body.has("status"))
                        .as(answer.shown())
                        .isTrue();
            }
        }
    }

    private static String probePath(String service) {
        return switch (service) {
            case "tenant" -> "/api/tenants/" + OWN.id();
            case "orchestration" -> "/v1/models";
            case "analytics" -> "/api/analytics/cost-summary";
            case "billing" -> "/api/billing/invoices";
            default -> throw new AssertionError(service);
        };
    }

    private static int status(String url, String passport) {
        return Http.send(Http.request(url, null)
                        .header("x-weir-passport", passport)
                        .GET())
                .status();
    }

    private static void assertRefused(String url, String passport, String what) {
        assertThat(status(url, passport)).as(what + " at " + url).isEqualTo(401);
    }

    private static Path gatewayKey() throws IOException {
        try (Stream<Path> files = Files.walk(Platform.state().resolve("secrets"))) {
            return files.filter(file -> file.getFileName().toString().matches("gateway\\..*\\.pem"))
                    .filter(file -> !file.toString().contains("trusted"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static String passport(SigningKey key, InstantSource clock) {
        TenantContext tenant = new TenantContext(TenantId.of(OWN.id()), "growth", Placement.POOL, "local");
        return new PassportIssuer(key, clock)
                .mint(
                        tenant,
                        "key:test",
                        "test",
                        Set.of(Scope.INFERENCE, Scope.ANALYTICS, Scope.BILLING, Scope.TENANT_ADMIN));
    }

    private static String otherAudience(SigningKey key) {
        String[] parts = passport(key, Clock.systemUTC()).split("\\.");
        String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8)
                .replace("weir-mesh", "somebody-else");
        String head = parts[0] + "." + base64(claims);
        return head + "."
                + Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(key.sign(head.getBytes(StandardCharsets.US_ASCII)));
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
