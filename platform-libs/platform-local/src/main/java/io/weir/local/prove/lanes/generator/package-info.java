/// A lean generator of calls, a process of its own: so many connections, each in a closed loop, and how long it took.
/// Loopback only, bounded in time, connections and samples.
@NullMarked
package io.weir.local.prove.lanes.generator;

import org.jspecify.annotations.NullMarked;
