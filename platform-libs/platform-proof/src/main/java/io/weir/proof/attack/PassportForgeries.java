package io.weir.proof.attack;

import io.weir.proof.attack.MessageAttacks.Forgery;
import io.weir.security.KeyPairFiles;
import io.weir.security.Passport;
import io.weir.security.PassportRefusedException;
import io.weir.security.PassportVerifier;
import io.weir.security.SigningKey;
import io.weir.security.TrustedKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Passports written by hand, each wrong in one way. The first is wrong in none: were it refused, the others would
/// prove nothing.
final class PassportForgeries {

    private static final String LINE = "forged passport";
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final String VICTIM = "0195a0c0-0000-7000-8000-000000000002";

    private PassportForgeries() {}

    static List<Forgery> all() {
        return List.of(
                new Forgery(LINE, "control: a good one is taken", directory -> {
                    Mint mint = new Mint(directory);
                    return !mint.takes(mint.good());
                }),
                new Forgery(LINE, "expired", directory -> {
                    Mint mint = new Mint(directory);
                    return mint.takes(mint.written("gateway", Passport.MESH, NOW.minusSeconds(600), mint.gateway));
                }),
                new Forgery(LINE, "expired since it was first shown", directory -> {
                    Mint mint = new Mint(directory);
                    String token = mint.good();
                    boolean first = mint.takes(token);
                    mint.now.set(NOW.plusSeconds(120));
                    return first && mint.takes(token);
                }),
                new Forgery(LINE, "good for a year", directory -> {
                    Mint mint = new Mint(directory);
                    return mint.takes(
                            mint.written("gateway", Passport.MESH, NOW.plusSeconds(31_536_000), mint.gateway));
                }),
                new Forgery(LINE, "another key under a trusted key's id", directory -> {
                    Mint mint = new Mint(directory);
                    SigningKey thief = new SigningKey("gateway", mint.gateway.id(), mint.stranger.key());
                    return mint.takes(mint.written("gateway", Passport.MESH, NOW.plusSeconds(60), thief));
                }),
                new Forgery(LINE, "a key that nobody trusts", directory -> {
                    Mint mint = new Mint(directory);
                    return mint.takes(mint.written("gateway", Passport.MESH, NOW.plusSeconds(60), mint.stranger));
                }),
                new Forgery(LINE, "a trusted service that issues none", directory -> {
                    Mint mint = new Mint(directory);
                    return mint.takes(mint.written("analytics", Passport.MESH, NOW.plusSeconds(60), mint.analytics));
                }),
                new Forgery(LINE, "one service in another's name", directory -> {
                    Mint mint = new Mint(directory);
                    return mint.takes(mint.written("gateway", Passport.MESH, NOW.plusSeconds(60), mint.billing));
                }),
                new Forgery(LINE, "another audience", directory -> {
                    Mint mint = new Mint(directory);
                    return mint.takes(mint.written("gateway", "elsewhere", NOW.plusSeconds(60), mint.gateway));
                }),
                new Forgery(LINE, "the algorithm none", directory -> {
                    Mint mint = new Mint(directory);
                    String head = encoded("{\"alg\":\"none\",\"kid\":\"" + mint.gateway.id() + "\"}");
                    return mint.takes(head + "." + mint.good().split("\\.")[1] + ".");
                }),
                new Forgery(LINE, "the public key as a shared secret", directory -> {
                    Mint mint = new Mint(directory);
                    String head = encoded("{\"alg\":\"HS256\",\"kid\":\"" + mint.gateway.id() + "\"}");
                    String content = head + "." + mint.good().split("\\.")[1];
                    return mint.takes(content + "." + mint.hmac(content));
                }),
                new Forgery(LINE, "another tenant written over", directory -> {
                    Mint mint = new Mint(directory);
                    String[] parts = mint.good().split("\\.");
                    String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
                    return mint.takes(
                            parts[0] + "." + encoded(claims.replace(VICTIM.substring(30), "000009")) + "." + parts[2]);
                }));
    }

    private static String encoded(String text) {
        return encoded(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /// Keys of three services that are trusted, and of one that is not.
    private static final class Mint {

        private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
        private final Path trusted;
        private final SigningKey gateway;
        private final SigningKey billing;
        private final SigningKey analytics;
        private final SigningKey stranger;
        private final PassportVerifier verifier;

        Mint(Path directory) throws IOException {
            Path mine = Files.createTempDirectory(directory, "mint");
            this.trusted = Files.createDirectory(mine.resolve("trusted"));
            Path elsewhere = Files.createDirectory(mine.resolve("elsewhere"));
            this.gateway = SigningKey.load(KeyPairFiles.generate("gateway", mine, trusted));
            this.billing = SigningKey.load(KeyPairFiles.generate("billing", mine, trusted));
            this.analytics = SigningKey.load(KeyPairFiles.generate("analytics", mine, trusted));
            this.stranger = SigningKey.load(
                    KeyPairFiles.generate("gateway", elsewhere, Files.createDirectory(mine.resolve("unread"))));
            this.verifier =
                    new PassportVerifier(TrustedKeys.load(trusted, now::get), Set.of("gateway", "billing"), now::get);
        }

        String good() {
            return written("gateway", Passport.MESH, now.get().plusSeconds(60), gateway);
        }

        String written(String issuer, String audience, Instant until, SigningKey key) {
            String head = encoded("{\"alg\":\"EdDSA\",\"kid\":\"" + key.id() + "\"}");
            long issued = Math.min(until.getEpochSecond(), NOW.getEpochSecond());
            String claims = encoded("{\"jti\":\"j\",\"iss\":\"" + issuer + "\",\"aud\":\"" + audience
                    + "\",\"sub\":\"key:abc\",\"iat\":" + issued + ",\"exp\":" + until.getEpochSecond()
                    + ",\"tenant\":\"" + VICTIM + "\",\"plan\":\"growth\",\"placement\":\"pool\",\"region\":\"local\","
                    + "\"key\":\"abc\",\"scopes\":[\"inference\"]}");
            String content = head + "." + claims;
            return content + "." + encoded(key.sign(content.getBytes(StandardCharsets.US_ASCII)));
        }

        String hmac(String content) throws IOException {
            try {
                byte[] secret = TrustedKeys.load(trusted, now::get)
                        .find(gateway.id())
                        .orElseThrow()
                        .key()
                        .getEncoded();
                Mac mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec(secret, "HmacSHA256"));
                return encoded(mac.doFinal(content.getBytes(StandardCharsets.US_ASCII)));
            } catch (GeneralSecurityException impossible) {
                throw new IOException(impossible);
            }
        }

        boolean takes(String token) {
            try {
                return !verifier.verify(token).subject().isEmpty();
            } catch (PassportRefusedException refused) {
                return false;
            }
        }
    }
}
