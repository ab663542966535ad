/// Audit events of services without a database: a write-ahead file that is forwarded to the topic.
@NullMarked
package io.weir.audit.journal;

import org.jspecify.annotations.NullMarked;
