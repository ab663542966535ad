/// The audit log of every tenant: stored in order, shown to who may see it, exported. Does not decide what
/// is recorded: that is said where it happens.
@NullMarked
package io.weir.tenant.audit;

import org.jspecify.annotations.NullMarked;
