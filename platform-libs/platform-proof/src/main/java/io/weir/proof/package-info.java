/// The proof that tenants are kept apart: attacks, a storm, and mutants that show that both would see a leak.
/// Owns a database of its own for the time of a run. Does not own what it attacks, and is no part of any service.
@NullMarked
package io.weir.proof;

import org.jspecify.annotations.NullMarked;
