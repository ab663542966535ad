/// The limits of plans as tenant-service publishes them. Does not own the plans.
@NullMarked
package io.weir.r2dbc.governance.snapshots;

import org.jspecify.annotations.NullMarked;
