/// The audit log as tenants' admins and the platform's read, export and verify it.
@NullMarked
package io.weir.tenant.audit.http;

import org.jspecify.annotations.NullMarked;
