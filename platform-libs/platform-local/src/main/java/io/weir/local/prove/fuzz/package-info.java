/// Random and mutated requests, sent byte for byte, and a provider in between that answers as no provider should; what
/// comes back is judged. Everything follows from a seed.
@NullMarked
package io.weir.local.prove.fuzz;

import org.jspecify.annotations.NullMarked;
