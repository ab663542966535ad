/// Audit events on their way from the topic into the tenants' logs: each once, in order, or set aside with
/// a reason.
@NullMarked
package io.weir.tenant.audit.intake;

import org.jspecify.annotations.NullMarked;
