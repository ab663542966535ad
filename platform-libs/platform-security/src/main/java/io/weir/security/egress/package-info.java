/// Which addresses that a tenant names may be called: how they must be written, and where they may lead. The one place
/// for it, so that what sets an address and what calls it cannot differ. Does not call anything.
@NullMarked
package io.weir.security.egress;

import org.jspecify.annotations.NullMarked;
