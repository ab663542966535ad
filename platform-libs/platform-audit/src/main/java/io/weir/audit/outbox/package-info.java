/// Audit events of services with a database: kept in the transaction of the change, then carried to the
/// topic.
@NullMarked
package io.weir.audit.outbox;

import org.jspecify.annotations.NullMarked;
