package io.weir.analytics;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// What questions of readers may take of ClickHouse, apart from ingestion and sealing.
///
/// @param connections questions that are answered at once
/// @param waiting questions that wait for each of these; more are answered 503
/// @param memory of the server for one question
@ConfigurationProperties("weir.analytics.readers")
record ReadersProperties(
        @DefaultValue("4") int connections,
        @DefaultValue("16") int waiting,
        @DefaultValue("1GB") DataSize memory) {

    ReadersProperties {
        if (connections < 1 || waiting < 1) {
            throw new IllegalArgumentException("weir.analytics.readers: " + connections + " connections, " + waiting
                    + " waiting (expected: >= 1)");
        }
    }
}
