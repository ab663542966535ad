package io.weir.r2dbc;

import io.weir.tenancy.TenantId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The key with which this process proves to a database whose transaction it opens. Made at random when the process
/// starts and known to nobody else but the owner role of the databases that it was registered at: whoever can run a
/// statement can claim to be another tenant, but not prove it. Safe for use by many threads.
public final class ProofKey {

    // Longer than any clock is wrong, much shorter than a leaked proof stays interesting.
    private static final Duration PROOF = Duration.ofMinutes(5);
    private static final Duration REGISTRATION = Duration.ofHours(25);
    private static final String ALGORITHM = "HmacSHA256";
    private static final int BLOCK = 64;

    private final Clock clock;
    private final IsolationWatch watch;
    private final String kid;
    private final byte[] secret = new byte[32];

    ProofKey(Clock clock, SecureRandom random, IsolationWatch watch) {
        this.clock = clock;
        this.watch = watch;
        byte[] id = new byte[8];
        random.nextBytes(id);
        this.kid = HexFormat.of().formatHex(id);
        random.nextBytes(secret);
    }

    /// Makes the key known to a site for 25 hours, after a look at how it keeps tenants apart: the first time a site
    /// that does not is refused. To be repeated hourly.
    ///
    /// @param connection as a role that may become the owner; stays in auto-commit and in its own role
    public void register(Connection connection, DatabaseRoles roles) throws SQLException {
        watch.at(connection);
        makeKnown(connection, roles);
    }

    /// Makes the key known to a database for 25 hours, and forgets those that nobody renewed.
    void makeKnown(Connection connection, DatabaseRoles roles) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET ROLE " + roles.owner());
            try {
                insert(connection);
                statement.execute("DELETE FROM tenant.proof_key WHERE valid_until < now() - interval '1 hour'");
            } finally {
                statement.execute("RESET ROLE");
            }
        }
    }

    private void insert(Connection connection) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("""
                INSERT INTO tenant.proof_key (kid, inner_pad, outer_pad, valid_until)
                VALUES (?, ?, ?, now() + make_interval(secs => ?))
                ON CONFLICT (kid) DO UPDATE SET valid_until = excluded.valid_until
                """)) {
            insert.setString(1, kid);
            insert.setBytes(2, padded((byte) 0x36));
            insert.setBytes(3, padded((byte) 0x5c));
            insert.setDouble(4, (double) REGISTRATION.toSeconds());
            insert.executeUpdate();
        }
    }

    /// Lets a connection of the mover see and write this tenant's rows, in transactions that begin within five minutes.
    public void enter(Connection mover, TenantId tenant) throws SQLException {
        try (PreparedStatement statement = mover.prepareStatement(
                "SELECT set_config('weir.tenant_id', ?, false), set_config('weir.tenant_proof', ?, false)")) {
            statement.setString(1, tenant.toString());
            statement.setString(2, proof(tenant));
            statement.execute();
        }
    }

    /// That this process acts for the tenant, for the next five minutes: `kid.expiry.mac`.
    String proof(TenantId tenant) {
        String expiry = "%010d".formatted(clock.instant().plus(PROOF).getEpochSecond());
        byte[] mac = mac((tenant.value() + "|" + expiry).getBytes(StandardCharsets.US_ASCII));
        return kid + "." + expiry + "." + HexFormat.of().formatHex(mac);
    }

    private byte[] mac(byte[] message) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret, ALGORITHM));
            return mac.doFinal(message);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("this Java has no " + ALGORITHM, impossible);
        }
    }

    // RFC 2104: the key, filled up to a block with zeros, each byte combined with the pad's.
    private byte[] padded(byte pad) {
        byte[] block = new byte[BLOCK];
        for (int i = 0; i < BLOCK; i++) {
            block[i] = (byte) ((i < secret.length ? secret[i] : 0) ^ pad);
        }
        return block;
    }

    @Override
    public String toString() {
        return "ProofKey[" + kid + "]";
    }
}
