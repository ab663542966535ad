/// The one place from which changes of this service go to the audit log. Does not own the log (audit).
@NullMarked
package io.weir.tenant.trail;

import org.jspecify.annotations.NullMarked;
