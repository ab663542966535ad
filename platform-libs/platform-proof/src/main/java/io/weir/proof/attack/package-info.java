/// What somebody with a tenant's own rights tries against another tenant, as data: what is sent, and what must come of
/// it.
@NullMarked
package io.weir.proof.attack;

import org.jspecify.annotations.NullMarked;
