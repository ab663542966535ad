/// Where a call came from, and whether its key and its tenant may be used from there. Does not read keys.
@NullMarked
package io.weir.gateway.address;

import org.jspecify.annotations.NullMarked;
