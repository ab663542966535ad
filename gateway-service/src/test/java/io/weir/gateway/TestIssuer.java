package io.weir.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.OctetKeyPairJsonWebKey;
import org.jose4j.jwk.OkpJwkGenerator;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/// An identity provider: a key set by HTTP, found by discovery, and tokens signed with its keys.
public final class TestIssuer implements AutoCloseable {

    public static final String AUDIENCE = "weir-api";

    private final HttpServer server;
    private final List<PublicJsonWebKey> listed = new CopyOnWriteArrayList<>();
    private final AtomicInteger fetches = new AtomicInteger();
    private volatile boolean away;
    private volatile PublicJsonWebKey signing;

    public TestIssuer() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/.well-known/openid-configuration", this::discovery);
        server.createContext("/keys", this::keys);
        server.start();
        signing = rsa("first");
        listed.add(signing);
    }

    public String name() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /// How often its keys were fetched.
    public int fetches() {
        return fetches.get();
    }

    /// Answers with 503 from now on, or no longer.
    public void away(boolean isAway) {
        away = isAway;
    }

    public PublicJsonWebKey signing() {
        return signing;
    }

    /// Signs with that key from now on; lists it beside the others.
    public void rotateTo(PublicJsonWebKey key) {
        listed.add(key);
        signing = key;
    }

    /// Lists that key no longer.
    public void withdraw(PublicJsonWebKey key) {
        listed.remove(key);
    }

    public static PublicJsonWebKey rsa(String id) throws JoseException {
        return named(RsaJwkGenerator.generateJwk(2048), id, AlgorithmIdentifiers.RSA_USING_SHA256);
    }

    public static PublicJsonWebKey rsaPss(String id) throws JoseException {
        return named(RsaJwkGenerator.generateJwk(2048), id, AlgorithmIdentifiers.RSA_PSS_USING_SHA256);
    }

    public static PublicJsonWebKey ec(String id) throws JoseException {
        return named(
                EcJwkGenerator.generateJwk(EllipticCurves.P256),
                id,
                AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
    }

    public static PublicJsonWebKey ed(String id) throws JoseException {
        return named(
                OkpJwkGenerator.generateJwk(OctetKeyPairJsonWebKey.SUBTYPE_ED25519), id, AlgorithmIdentifiers.EDDSA);
    }

    private static PublicJsonWebKey named(PublicJsonWebKey key, String id, String algorithm) {
        key.setKeyId(id);
        key.setAlgorithm(algorithm);
        key.setUse("sig");
        return key;
    }

    /// A token of that subject, good for five minutes, as the change leaves it.
    public String token(String subject, Consumer<JwtClaims> change) {
        PublicJsonWebKey key = signing;
        return signed(claims(subject, change), key.getAlgorithm(), key.getKeyId(), key.getPrivateKey());
    }

    public String token(String subject, Map<String, Object> further) {
        return token(subject, claims -> further.forEach(claims::setClaim));
    }

    public JwtClaims claims(String subject, Consumer<JwtClaims> change) {
        JwtClaims claims = new JwtClaims();
        claims.setIssuer(name());
        claims.setAudience(AUDIENCE);
        claims.setSubject(subject);
        claims.setJwtId(UUID.randomUUID().toString());
        Instant now = Instant.now();
        claims.setIssuedAt(NumericDate.fromSeconds(now.getEpochSecond()));
        claims.setExpirationTime(NumericDate.fromSeconds(now.getEpochSecond() + 300));
        change.accept(claims);
        return claims;
    }

    public static String signed(JwtClaims claims, String algorithm, @Nullable String keyId, @Nullable Key key) {
        JsonWebSignature signature = new JsonWebSignature();
        signature.setAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS);
        signature.setDoKeyValidation(false);
        signature.setPayload(claims.toJson());
        signature.setAlgorithmHeaderValue(algorithm);
        if (keyId != null) {
            signature.setKeyIdHeaderValue(keyId);
        }
        if (key != null) {
            signature.setKey(key);
        }
        try {
            return signature.getCompactSerialization();
        } catch (JoseException broken) {
            throw new IllegalStateException(broken);
        }
    }

    private void discovery(HttpExchange exchange) throws IOException {
        answer(exchange, "{\"issuer\": \"" + name() + "\", \"jwks_uri\": \"" + name() + "/keys\"}");
    }

    private void keys(HttpExchange exchange) throws IOException {
        fetches.incrementAndGet();
        answer(exchange, new JsonWebKeySet(listed).toJson(OutputControlLevel.PUBLIC_ONLY));
    }

    private void answer(HttpExchange exchange, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.getResponseHeaders().set("content-type", "application/json");
            exchange.sendResponseHeaders(away ? 503 : 200, away ? -1 : body.length);
            if (!away) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
