package io.weir.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.security.Passport;
import io.weir.testing.Infrastructure;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Stripe's events are the one thing that comes through without a key, by one method, on one path.
@SuppressWarnings("NullAway.Init")
@Timeout(120)
class StripeWebhookIT {

    private static final String PATH = "/api/billing/webhooks/stripe";
    private static Mesh mesh;

    @BeforeAll
    static void start() throws Exception {
        mesh = Mesh.on(Infrastructure.kafka())
                .with("weir.redis.url", Infrastructure.redis())
                .started();
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @BeforeEach
    void forget() {
        mesh.upstream.forget();
    }

    @Test
    void anEventArrivesAsItWasSentWithoutAKeyAndWithoutAPassport() throws Exception {
        String body = "{\"id\": \"evt_1\",  \"text\": \"Grüße, \\u00e9 {} \"}\n";
        String signature = "t=1795381685,v1=0123456789abcdef,v0=unused";
        HttpResponse<String> answer = send(HttpRequest.newBuilder(mesh.uri(PATH))
                .header("stripe-signature", signature)
                .header("content-type", "application/json; charset=utf-8")
                .header(Passport.HEADER, "forged")
                .header("baggage", "tenant.id=forged")
                .POST(BodyPublishers.ofString(body)));
        assertThat(answer.statusCode()).isEqualTo(200);
        Upstream.Received received = mesh.upstream.next();
        assertThat(received.method()).isEqualTo("POST");
        assertThat(received.uri()).isEqualTo(PATH);
        assertThat(received.header("stripe-signature")).isEqualTo(signature);
        assertThat(received.header("content-type")).isEqualTo("application/json; charset=utf-8");
        assertThat(received.body()).isEqualTo(body);
        assertThat(received.header("x-request-id"))
                .isEqualTo(answer.headers().firstValue("x-request-id").orElseThrow());
        assertThat(received.headers().contains(Passport.HEADER)).isFalse();
        assertThat(received.headers().contains("baggage")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "PATCH", "DELETE", "OPTIONS"})
    void anotherMethodIsRefusedAndGoesNoFurther(String method) throws Exception {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(mesh.uri(PATH))
                .header("stripe-signature", "t=1,v1=00")
                .method(method, BodyPublishers.noBody()));
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(mesh.upstream.receivedNothing()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/billing/webhooks",
                "/api/billing/webhooks/stripe/more",
                "/api/billing/webhooks/STRIPE",
                "/api/billing/webhooks/stripe/",
                "/api/billing/webhooks//stripe",
                "/api/billing//webhooks/stripe",
                "/api/billing/webhooks/%73tripe",
                "/api/billing/webhooks/other",
                "/api/billing/invoices",
                "/api/billing/prices",
            })
    void everythingBesideItNeedsAKey(String path) throws Exception {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(mesh.uri(path))
                .header("stripe-signature", "t=1,v1=00")
                .POST(BodyPublishers.ofString("{}")));
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(mesh.upstream.receivedNothing()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/billing/webhooks/stripe;a=b",
                "/api/billing/webhooks/stripe%3Ba=b",
                "/api/billing/webhooks/stripe%2F",
                "/api/billing/webhooks;a=b/stripe",
            })
    void aPathThatTwoReadersMayReadInTwoWaysIsA400(String path) throws Exception {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(mesh.uri(path))
                .header("stripe-signature", "t=1,v1=00")
                .POST(BodyPublishers.ofString("{}")));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(mesh.upstream.receivedNothing()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"//api/billing/webhooks/stripe", "/api//billing/webhooks/stripe", "/API/billing/webhooks/stripe"
            })
    void aPathThatIsAlmostUnderTheApiIsNone(String path) throws Exception {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(mesh.uri(path))
                .header("stripe-signature", "t=1,v1=00")
                .POST(BodyPublishers.ofString("{}")));
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(mesh.upstream.receivedNothing()).isTrue();
    }

    @Test
    void moreThanAMegabyteIsRefusedAtOnce() throws Exception {
        HttpResponse<String> answer =
                send(HttpRequest.newBuilder(mesh.uri(PATH)).POST(BodyPublishers.ofByteArray(new byte[1_048_577])));
        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(mesh.upstream.receivedNothing()).isTrue();
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return mesh.send(request);
    }
}
