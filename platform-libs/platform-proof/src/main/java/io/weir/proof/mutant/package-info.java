/// Weir with one safeguard missing: in the database, or in a class as it is loaded. Each must be caught.
@NullMarked
package io.weir.proof.mutant;

import org.jspecify.annotations.NullMarked;
