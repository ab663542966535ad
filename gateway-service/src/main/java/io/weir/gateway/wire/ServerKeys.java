package io.weir.gateway.wire;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// The certificate that a handshake is answered with: the newest one given. A handshake that began with the one
/// before ends with it. Safe for many threads.
final class ServerKeys extends X509ExtendedKeyManager {

    private record Pair(X509ExtendedKeyManager keys, long generation) {}

    private volatile Pair current;
    private volatile Pair before;

    ServerKeys(X509ExtendedKeyManager first) {
        this.current = new Pair(first, 0);
        this.before = current;
    }

    /// What new handshakes use from now on.
    synchronized void replace(X509ExtendedKeyManager next) {
        before = current;
        current = new Pair(next, before.generation() + 1);
    }

    /// When the certificate in use ends.
    @Nullable
    Instant expiresAt() {
        X509ExtendedKeyManager keys = current.keys();
        for (String type : new String[] {"EC", "RSA", "EdDSA"}) {
            String[] aliases = keys.getServerAliases(type, null);
            if (aliases != null && aliases.length > 0) {
                X509Certificate[] chain = keys.getCertificateChain(aliases[0]);
                return chain == null ? null : chain[0].getNotAfter().toInstant();
            }
        }
        return null;
    }

    // An alias carries its generation, as chain and key are asked for one after the other.
    @Override
    public @Nullable String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
        Pair pair = current;
        String alias = pair.keys().chooseEngineServerAlias(keyType, issuers, engine);
        return alias == null ? null : pair.generation() + ":" + alias;
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return pair(alias).keys().getCertificateChain(plain(alias));
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return pair(alias).keys().getPrivateKey(plain(alias));
    }

    private Pair pair(String alias) {
        long generation = Long.parseLong(alias, 0, alias.indexOf(':'), 10);
        Pair old = before;
        return old.generation() == generation ? old : current;
    }

    private static String plain(String alias) {
        return alias.substring(alias.indexOf(':') + 1);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal[] issuers) {
        return current.keys().getServerAliases(keyType, issuers);
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
        return null;
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal[] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
        return null;
    }
}
