package io.weir.simulators.provider;

/// Where and how the simulator runs.
///
/// @param host the address to listen on
/// @param port 0 for any free one
/// @param ledgerCapacity entries that the ledger keeps; sums go on beyond it
/// @param dieWithParent end when standard input ends
public record ProviderSimulatorOptions(String host, int port, int ledgerCapacity, boolean dieWithParent) {

    static final String USAGE = """
            Usage: provider-simulator [--port <port>] [--host <address>] [--ledger-capacity <entries>] [--die-with-parent]
              --port             port to listen on, 0 for any free one (default 8090)
              --host             address to listen on (default 127.0.0.1)
              --ledger-capacity  entries that the ledger keeps (default 200000)
              --die-with-parent  end when standard input ends
            """;

    private static final String LOOPBACK = "127.0.0.1";
    private static final int DEFAULT_PORT = 8090;
    private static final int DEFAULT_LEDGER_CAPACITY = 200_000;
    private static final int MAX_PORT = 65_535;

    public ProviderSimulatorOptions {
        if (port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("--port: " + port + " (expected: 0 to " + MAX_PORT + ")");
        }
        if (ledgerCapacity < 1) {
            throw new IllegalArgumentException("--ledger-capacity: " + ledgerCapacity + " (expected: >= 1)");
        }
    }

    /// Loopback, any free port.
    public static ProviderSimulatorOptions onAnyPort() {
        return new ProviderSimulatorOptions(LOOPBACK, 0, DEFAULT_LEDGER_CAPACITY, false);
    }

    public ProviderSimulatorOptions withLedgerCapacity(int capacity) {
        return new ProviderSimulatorOptions(host, port, capacity, dieWithParent);
    }

    /// Reads a command line. Throws [IllegalArgumentException] naming the argument that is wrong.
    static ProviderSimulatorOptions parse(String... arguments) {
        String host = LOOPBACK;
        int port = DEFAULT_PORT;
        int capacity = DEFAULT_LEDGER_CAPACITY;
        boolean dieWithParent = false;
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--host" -> host = valueAt(++i, arguments);
                case "--port" -> port = numberAt(++i, arguments);
                case "--ledger-capacity" -> capacity = numberAt(++i, arguments);
                case "--die-with-parent" -> dieWithParent = true;
                default -> throw new IllegalArgumentException(arguments[i] + ": unknown argument");
            }
        }
        return new ProviderSimulatorOptions(host, port, capacity, dieWithParent);
    }

    private static String valueAt(int index, String... arguments) {
        if (index >= arguments.length) {
            throw new IllegalArgumentException(arguments[index - 1] + ": value missing");
        }
        return arguments[index];
    }

    private static int numberAt(int index, String... arguments) {
        String value = valueAt(index, arguments);
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException(
                    arguments[index - 1] + ": " + value + " (expected: a number)", notANumber);
        }
    }
}
