package io.weir.analytics.metering;

import io.weir.ledger.UsageRecord;
import java.util.List;

/// Told of what is in ClickHouse for good. Called on the ingestion thread; must be quick.
public interface UsageListener {

    void stored(int partition, UsageRecord usage);

    /// A second settlement of its request: it tells how far its producer is, and counts for nothing else.
    void dropped(int partition, UsageRecord usage);

    /// What is missing in a partition as of now, in place of what was missing before.
    void missing(int partition, List<OpenGap> gaps);

    /// This instance reads these partitions from now on, and no others.
    void assigned(List<Integer> partitions);

    /// Everything that these partitions held a moment ago is in ClickHouse.
    void caughtUp(List<Integer> partitions);
}
