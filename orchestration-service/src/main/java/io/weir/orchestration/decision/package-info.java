/// Why calls went where they went: kept for their tenants, and told to them. Owns the table and the wire form. Holds no
/// word of a prompt or of an answer.
@NullMarked
package io.weir.orchestration.decision;

import org.jspecify.annotations.NullMarked;
