package io.weir.gateway.oidc;

import io.netty.channel.ChannelOption;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.lang.JoseException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.ConnectionProvider;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Fetches one issuer's keys: by the address that is set, or the one that discovery names. Follows no redirect and
/// reads
/// no more than is plausible.
final class JwksFetch {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int LARGEST_ANSWER = 262_144;
    private static final int MOST_KEYS = 100;

    private final OidcProperties.Issuer issuer;
    private final HttpClient client;
    private final Duration timeout;

    JwksFetch(OidcProperties.Issuer issuer, ConnectionProvider connections, Duration timeout) {
        this.issuer = issuer;
        this.timeout = timeout;
        this.client = HttpClient.create(connections)
                .followRedirect(false)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) timeout.toMillis())
                .responseTimeout(timeout);
    }

    /// The keys as they are now. Fails when they cannot be had in time.
    Mono<JsonWebKeySet> keys() {
        return keysUri().flatMap(this::get).map(JwksFetch::read).timeout(timeout.multipliedBy(2));
    }

    private Mono<URI> keysUri() {
        URI set = issuer.jwksUri();
        if (set != null) {
            return Mono.just(set);
        }
        String base = issuer.issuer();
        String under = base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
        return get(URI.create(under + "/.well-known/openid-configuration")).map(this::discovered);
    }

    private URI discovered(byte[] answer) {
        JsonNode document = JSON.readTree(answer);
        if (!issuer.issuer().equals(document.path("issuer").asString(""))) {
            throw new IllegalStateException("discovery names another issuer");
        }
        URI found = URI.create(document.path("jwks_uri").asString(""));
        RemoteAddress.demandSafe("jwks_uri of discovery", found);
        return found;
    }

    private Mono<byte[]> get(URI address) {
        return client.headers(headers -> headers.set("accept", "application/json"))
                .get()
                .uri(address)
                .response(JwksFetch::body)
                .collect(ByteArrayOutputStream::new, ByteArrayOutputStream::writeBytes)
                .map(ByteArrayOutputStream::toByteArray);
    }

    private static Flux<byte[]> body(HttpClientResponse head, ByteBufFlux body) {
        if (head.status().code() != 200) {
            return Flux.error(
                    new IllegalStateException("status " + head.status().code()));
        }
        AtomicInteger seen = new AtomicInteger();
        return body.asByteArray().doOnNext(part -> {
            if (seen.addAndGet(part.length) > LARGEST_ANSWER) {
                throw new IllegalStateException("an answer of more than " + LARGEST_ANSWER + " bytes");
            }
        });
    }

    private static JsonWebKeySet read(byte[] answer) {
        try {
            if (JSON.readTree(answer).path("keys").size() > MOST_KEYS) {
                throw new IllegalStateException("more than " + MOST_KEYS + " keys");
            }
            return new JsonWebKeySet(new String(answer, StandardCharsets.UTF_8));
        } catch (JoseException | JacksonException unreadable) {
            throw new IllegalStateException("no key set: " + unreadable.getMessage(), unreadable);
        }
    }
}
