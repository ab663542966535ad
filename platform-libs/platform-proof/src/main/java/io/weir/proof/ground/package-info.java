/// The database that a proof runs in: tenants of every placement, with rows that say whose they are.
@NullMarked
package io.weir.proof.ground;

import org.jspecify.annotations.NullMarked;
