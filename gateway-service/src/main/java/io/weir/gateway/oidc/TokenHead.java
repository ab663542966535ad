package io.weir.gateway.oidc;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a token says of itself before anything of it is believed: enough to choose a key by.
///
/// @param keyType of the key that the algorithm takes
record TokenHead(String algorithm, String keyType, @Nullable String keyId, String issuer) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /// Signatures by a private key of the issuer's. `none` and HMAC, for which anybody could have the key, are not
    /// among them.
    private static final Map<String, String> KEY_TYPES = Map.of(
            AlgorithmIdentifiers.RSA_USING_SHA256, "RSA",
            AlgorithmIdentifiers.RSA_PSS_USING_SHA256, "RSA",
            AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256, "EC",
            AlgorithmIdentifiers.EDDSA, "OKP");

    private static final Set<String> TYPES = Set.of("jwt", "at+jwt", "application/at+jwt", "");

    /// Throws [TokenRefusedException] where the token cannot be one that is accepted.
    static TokenHead of(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            throw new TokenRefusedException("This is no signed token. Send an access token that its issuer signed.");
        }
        JsonNode head = json(parts[0]);
        String algorithm = head.path("alg").asString("");
        String keyType = KEY_TYPES.get(algorithm);
        if (keyType == null) {
            throw new TokenRefusedException(
                    "The token is signed in a way that is not accepted. RS256, PS256, ES256 and EdDSA are.");
        }
        if (!TYPES.contains(head.path("typ").asString("").toLowerCase(Locale.ROOT)) || head.has("crit")) {
            throw new TokenRefusedException("The token is of a type that is not accepted. Send an access token.");
        }
        JsonNode keyId = head.path("kid");
        return new TokenHead(
                algorithm,
                keyType,
                keyId.isString() ? keyId.asString() : null,
                json(parts[1]).path("iss").asString(""));
    }

    static Set<String> algorithms() {
        return KEY_TYPES.keySet();
    }

    private static JsonNode json(String part) {
        try {
            JsonNode json = JSON.readTree(new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8));
            if (json.isObject()) {
                return json;
            }
        } catch (IllegalArgumentException | JacksonException unreadable) {
            throw unreadable();
        }
        throw unreadable();
    }

    private static TokenRefusedException unreadable() {
        return new TokenRefusedException("The token cannot be read. Copy it again.");
    }
}
