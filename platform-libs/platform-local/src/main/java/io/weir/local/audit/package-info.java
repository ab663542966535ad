/// Verifying the audit logs of a running platform, tenant after tenant. Does not verify itself: the
/// platform does.
@NullMarked
package io.weir.local.audit;

import org.jspecify.annotations.NullMarked;
