package io.weir.gateway.limit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.redisson.api.RScript;
import org.redisson.api.RScriptReactive;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import reactor.core.publisher.Mono;

/// A script that Redis keeps: called by its digest, sent in full where Redis does not know it (yet, or any more).
///
/// @param digest SHA-1, as Redis names scripts
record Script(String text, String digest) {

    Script(String text) {
        this(text, sha1(text));
    }

    /// Its integers. With one key, so that any node of a cluster can run it.
    Mono<List<Long>> run(RedissonClient redis, String key, Object... arguments) {
        return Mono.defer(() -> {
            RScriptReactive scripts = redis.reactive().getScript(StringCodec.INSTANCE);
            List<Object> keys = List.of(key);
            return scripts.<List<Long>>evalSha(
                            RScript.Mode.READ_WRITE, digest, RScript.ReturnType.LIST, keys, arguments)
                    .onErrorResume(
                            Script::isUnknown,
                            unknown -> scripts.eval(
                                    RScript.Mode.READ_WRITE, text, RScript.ReturnType.LIST, keys, arguments));
        });
    }

    private static boolean isUnknown(Throwable failure) {
        return String.valueOf(failure.getMessage()).contains("NOSCRIPT");
    }

    private static String sha1(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("SHA-1 is part of every JDK", missing);
        }
    }
}
