package io.weir.local.prove.lanes;

import java.util.LinkedHashMap;
import java.util.Map;

/// A way from a client to the provider.
///
/// @param version of somebody else's program; empty for our own
/// @param port of 127.0.0.1, where calls go
/// @param headers that a client needs there
/// @param processes that do the work, by name, each with all that it started
public record Lane(
        String name, String version, int port, Map<String, String> headers, Map<String, ProcessHandle> processes) {

    /// The floor.
    public static final String DIRECT = "direct";

    /// What any hop costs.
    public static final String PROXY = "nginx";

    /// What is measured.
    public static final String WEIR = "Weir";

    /// What others take.
    public static final String PEER = "Portkey";

    public Lane {
        headers = Map.copyOf(headers);
        processes = new LinkedHashMap<>(processes);
    }

    /// Straight to the provider.
    public static Lane direct(Companion upstream) {
        return new Lane(DIRECT, "", upstream.port(), Map.of("authorization", "Bearer lanes"), Map.of());
    }

    /// One that could not be measured.
    ///
    /// @param why and what to do about it
    public record Absent(String name, String why) {}
}
