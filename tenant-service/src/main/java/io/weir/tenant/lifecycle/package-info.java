/// Suspending, leaving and coming back, archives and the end of a tenant, its placement, and the jobs that tell when it
/// took effect.
@NullMarked
package io.weir.tenant.lifecycle;

import org.jspecify.annotations.NullMarked;
