package io.weir.local.supervisor;

import java.util.List;

/// What the supervisor tells who asks: itself and its parts, in the order of starting.
public record StatusReport(long supervisorPid, String startedAt, boolean ready, List<PartStatus> parts) {}
