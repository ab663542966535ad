/// What exists before the first call: the reserved tenant, its admin key, the published plans.
@NullMarked
package io.weir.tenant.bootstrap;

import org.jspecify.annotations.NullMarked;
