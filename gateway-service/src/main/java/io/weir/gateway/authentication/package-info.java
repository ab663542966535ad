/// Finds out who calls, from the API key alone, and ends what runs on a key that was taken back. Serves from
/// snapshots and looks nothing up. Does not own keys (tenant-service).
@NullMarked
package io.weir.gateway.authentication;

import org.jspecify.annotations.NullMarked;
