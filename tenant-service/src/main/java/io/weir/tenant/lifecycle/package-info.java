/// Suspending and activating tenants, their placement, and the jobs that tell when it took effect.
@NullMarked
package io.weir.tenant.lifecycle;

import org.jspecify.annotations.NullMarked;
