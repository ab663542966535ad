/// The control plane's truth about tenants: who they are, their plans, keys and settings. Tells the data plane through
/// signed snapshot topics. Does not own money (billing) nor traffic (gateway, orchestration).
@NullMarked
package io.weir.tenant;

import org.jspecify.annotations.NullMarked;
