package io.weir.local.prove.lanes.generator;

import java.util.Map;

/// One stretch of load, to a server on 127.0.0.1.
///
/// @param headers beyond those that every call has
/// @param body holds [#NUMBER], which becomes the number of the call: no two calls are alike, so no cache answers
/// @param connections at once, each with one call under way
/// @param callsPerConnection 0: as many as there is time for
/// @param frames that each answer must have; 0: answers are no streams
/// @param leadMillis before anything is recorded
/// @param millis that are recorded
public record Order(
        int port,
        String path,
        Map<String, String> headers,
        String body,
        int connections,
        int callsPerConnection,
        int frames,
        long leadMillis,
        long millis) {

    /// Where the number of a call goes in its body.
    public static final String NUMBER = "##########";

    private static final int MOST_CONNECTIONS = 1_024;
    private static final long LONGEST_MILLIS = 300_000;

    public Order {
        headers = Map.copyOf(headers);
        if (connections < 1 || connections > MOST_CONNECTIONS) {
            throw new IllegalArgumentException("connections: " + connections + " (expected: 1 to 1024)");
        }
        if (leadMillis < 0 || millis < 1 || leadMillis + millis > LONGEST_MILLIS) {
            throw new IllegalArgumentException(
                    "leadMillis and millis: " + leadMillis + " and " + millis + " (expected: 300000 together at most)");
        }
    }
}
