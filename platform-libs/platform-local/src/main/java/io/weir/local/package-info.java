/// The local platform: everything of Weir on one machine, without containers. Owns the `weir` command, the supervisor
/// that keeps the parts running, and the demo tenants. Does not own the servers themselves (see `io.weir.embedded`)
/// or any service, which it knows only as jars.
@NullMarked
package io.weir.local;

import org.jspecify.annotations.NullMarked;
