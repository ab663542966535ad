/// Tenants themselves: finding them, acting for one, and their snapshot. Does not own how they come to be
/// (provisioning).
@NullMarked
package io.weir.tenant.directory;

import org.jspecify.annotations.NullMarked;
