package io.weir.testing;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Enters tenants on plain JDBC connections, as a service does on its own, so that attacks can start from inside a
/// tenant as the real login role. Works on any prepared database of [Infrastructure#postgres].
public final class TenantEntry {

    private static final String ALGORITHM = "HmacSHA256";

    private final byte[] secret = new byte[64];
    private final String kid;

    private TenantEntry(String kid) {
        this.kid = kid;
        new SecureRandom().nextBytes(secret);
    }

    /// Makes a key and registers it at that database, as the superuser.
    public static TenantEntry to(String database) throws SQLException {
        TenantEntry entry = new TenantEntry("%016x".formatted(new SecureRandom().nextLong()));
        Infrastructure.Postgres postgres = Infrastructure.postgres();
        try (Connection connection = DriverManager.getConnection(
                        postgres.jdbcUrl(database), postgres.superuser(), postgres.password());
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO tenant.proof_key VALUES (?, ?, ?, now() + interval '1 day')")) {
            insert.setString(1, entry.kid);
            insert.setBytes(2, entry.padded(0x36));
            insert.setBytes(3, entry.padded(0x5c));
            insert.executeUpdate();
        }
        return entry;
    }

    /// The statement that enters the tenant until the transaction ends. Run it inside one.
    public String statement(UUID tenant) {
        return "SELECT tenant.enter('" + tenant + "','"
                + proof(tenant, Instant.now().plusSeconds(600)) + "','registry','public',0)";
    }

    /// A proof that holds until then.
    public String proof(UUID tenant, Instant until) {
        String expiry = "%010d".formatted(until.getEpochSecond());
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret, ALGORITHM));
            byte[] signed = mac.doFinal((tenant + "|" + expiry).getBytes(StandardCharsets.US_ASCII));
            return kid + "." + expiry + "." + HexFormat.of().formatHex(signed);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("this Java has no " + ALGORITHM, impossible);
        }
    }

    private byte[] padded(int pad) {
        byte[] block = new byte[secret.length];
        for (int i = 0; i < block.length; i++) {
            block[i] = (byte) (secret[i] ^ pad);
        }
        return block;
    }
}
