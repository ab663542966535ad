/// Keeps one tenant's load from slowing the others: measures each window from what ingestion stored, asks the rule
/// (`detection`) and the ladder (`ladder`), records each step, tells the data plane and operators. Owns the topic
/// `tenant-restrictions.v1` and the history of steps. Does not own how a restriction is carried out: that is the
/// data plane's, which ends each by itself at its time.
@NullMarked
package io.weir.analytics.neighbour;

import org.jspecify.annotations.NullMarked;
