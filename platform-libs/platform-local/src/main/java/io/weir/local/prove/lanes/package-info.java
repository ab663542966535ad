/// What a gateway adds: the same calls straight to a provider, through a bare proxy, through Weir and through a peer,
/// in turns in one run. Owns the ways, the turns and the report; does not start a platform.
@NullMarked
package io.weir.local.prove.lanes;

import org.jspecify.annotations.NullMarked;
