/// What a tenant spends, as it happens: a socket and its twin of server-sent events. Does not own what an
/// outcome is (`metering`) nor how it reaches ClickHouse (`ingestion`); reads both, writes nothing.
///
/// **The number.** `seq` counts a tenant's requests that came to an end: the first settlement or release of
/// each, in the order of the partition ([io.weir.analytics.metering.Standing]). Ingestion writes it into
/// `usage_outcomes`; an instance that streams counts on from there with the same rule over the same records.
/// Both are functions of the partition alone, so every instance gives a record the same number, before and
/// after any restart.
///
/// **The joint.** Let `b` be an offset that ingestion has committed: every outcome below `b` is in
/// ClickHouse, for offsets are committed after rows are stored. An instance
///
/// 1. reads `b`, *then* asks ClickHouse for the number and the sums of all rows below `b`, leaving out what
///    is there above it: rows below `b` are complete and never change, so the answer is exactly the state
///    before `b`, however far ingestion has gone meanwhile;
/// 2. applies every record from `b` on, which it tails itself. Records are kept in a window that begins at an
///    offset committed earlier and thus not above `b`; where it has moved on, the tenant is asked for anew.
///
/// State before `b`, then each record from `b` on once: none is lost, none counts twice. Whether a record
/// repeats an earlier outcome of its request is answered by ClickHouse for offsets below what is committed,
/// and by memory for those above; the two overlap, and places are compared, so that a row that ingestion
/// stored ahead of the tail is not taken for an earlier one.
///
/// **Opening** waits until the tail has applied what the partitions held at that moment. So a number that any
/// instance has shown is known here, and one that is not yet reached can be refused.
///
/// **What is kept.** Per tenant, only while it is watched: number, sums of the month, and what ClickHouse may
/// not hold yet. Per socket a bounded buffer, coalesced when full. The window is bounded in bytes; while
/// ingestion is further behind than that, tenants that are not watched yet get a 503, those that are go on.
///
/// **Sums.** Snapshots speak of the current month of UTC, by the time of the event. A settlement after the
/// release of its request, or one of another month, moves sums in a way that adding up cannot show; then a
/// new snapshot follows.
@NullMarked
package io.weir.analytics.stream;

import org.jspecify.annotations.NullMarked;
