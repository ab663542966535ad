package io.weir.analytics.events;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// What `POST /api/events` takes.
///
/// @param batch the most events in one request
/// @param size of a request's body at most
/// @param window after the end of its hour in which an event is in time; then it is late
/// @param oldest age of an event that is taken at all
/// @param ahead how far a sender's clock may be ahead of ours
/// @param delivery how long the broker may take to acknowledge
@ConfigurationProperties("weir.analytics.events")
record EventsProperties(
        @DefaultValue("1000") int batch,
        @DefaultValue("1MB") DataSize size,
        @DefaultValue("24h") Duration window,
        @DefaultValue("400d") Duration oldest,
        @DefaultValue("5m") Duration ahead,
        @DefaultValue("10s") Duration delivery) {

    EventsProperties {
        if (batch < 1) {
            throw new IllegalArgumentException("weir.analytics.events.batch: " + batch + " (expected: >= 1)");
        }
    }
}
