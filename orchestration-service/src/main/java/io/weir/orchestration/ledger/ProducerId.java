package io.weir.orchestration.ledger;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The one name of this instance: under it events are numbered, the write-ahead file lies, and leases on budgets are
/// taken. The same after a restart, and no other's at the same time.
public record ProducerId(String value) {

    // It names a directory.
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,199}");

    // What each host calls itself.
    private static final Pattern SHARED = Pattern.compile("localhost.*|.*-localhost", Pattern.CASE_INSENSITIVE);

    public ProducerId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("weir.ledger.producer-id: '" + value
                    + "' (expected: up to 200 letters, digits, '.', '_' or '-', the first no '.' or '-')");
        }
    }

    /// As it was configured, else after host and port.
    ///
    /// Throws [IllegalStateException] where the host has no name of its own, or no port is set: two such instances
    /// would be one producer.
    ///
    /// @param configured empty: not
    static ProducerId of(String configured, @Nullable String host, String port) {
        if (!configured.isEmpty()) {
            return new ProducerId(configured);
        }
        if (host == null || host.isBlank() || SHARED.matcher(host).matches() || port.equals("0")) {
            throw new IllegalStateException(
                    "This host has no name of its own or its port is 0, so that this instance cannot be told from"
                            + " others in the usage ledger. Set weir.ledger.producer-id to a name that no other instance has,"
                            + " the same after a restart.");
        }
        return new ProducerId("orchestration-" + host + "-" + port);
    }

    /// Null: it has none.
    static @Nullable String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException unresolved) {
            return System.getenv("HOSTNAME");
        }
    }
}
