package io.weir.analytics.stream;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// The live cost stream.
///
/// @param ping how often each socket gets a ping frame
/// @param buffer frames that may wait for a slow reader; beyond it they are coalesced
/// @param slowAfter how long frames may wait without one being taken before the socket is closed with 4008
/// @param resumeFrames frames that a resume sends one by one; more become one frame with their sum
/// @param sockets sockets of this instance; further ones get a 503
/// @param socketsPerTenant sockets that one tenant may have on this instance; further ones get a 429
/// @param window bytes of the ledger kept for tenants that begin to watch
/// @param sendBuffer bytes that the operating system may hold for a connection; what a slow reader has not
///     taken is seen here once it is full
/// @param openLimit how long opening may take before it is refused with 503
/// @param linger how long a tenant stays known after its last socket, and the tail after its last tenant
/// @param resumeBacklog frames of resumes that may wait one by one, over all sockets; a resume beyond it gets one
///     frame with its sum
/// @param checkpoint how often totals are compared with ClickHouse, and told as a checkpoint where something changed
/// @param alerts how far back a socket that opens is told of budget alerts
@ConfigurationProperties("weir.analytics.stream")
public record StreamProperties(
        @DefaultValue("20s") Duration ping,
        @DefaultValue("256") int buffer,
        @DefaultValue("15s") Duration slowAfter,
        @DefaultValue("10000") int resumeFrames,
        @DefaultValue("10000") int sockets,
        @DefaultValue("100") int socketsPerTenant,
        @DefaultValue("64MB") DataSize window,
        @DefaultValue("64KB") DataSize sendBuffer,
        @DefaultValue("8s") Duration openLimit,
        @DefaultValue("60s") Duration linger,
        @DefaultValue("50000") int resumeBacklog,
        @DefaultValue("60s") Duration checkpoint,
        @DefaultValue("24h") Duration alerts) {

    public StreamProperties {
        if (buffer < 4) {
            throw new IllegalArgumentException("weir.analytics.stream.buffer: " + buffer + " (expected: >= 4)");
        }
        if (resumeFrames < 1) {
            throw new IllegalArgumentException(
                    "weir.analytics.stream.resume-frames: " + resumeFrames + " (expected: >= 1)");
        }
        if (resumeBacklog < 0) {
            throw new IllegalArgumentException(
                    "weir.analytics.stream.resume-backlog: " + resumeBacklog + " (expected: >= 0)");
        }
        if (checkpoint.toMillis() < 1 || alerts.toMillis() < 1) {
            throw new IllegalArgumentException("weir.analytics.stream: checkpoint " + checkpoint + ", alerts " + alerts
                    + " (expected: both positive)");
        }
        if (socketsPerTenant < 1) {
            throw new IllegalArgumentException(
                    "weir.analytics.stream.sockets-per-tenant: " + socketsPerTenant + " (expected: >= 1)");
        }
        if (ping.toMillis() < 1 || slowAfter.toMillis() < 1) {
            throw new IllegalArgumentException(
                    "weir.analytics.stream: ping " + ping + ", slow-after " + slowAfter + " (expected: both positive)");
        }
    }
}
