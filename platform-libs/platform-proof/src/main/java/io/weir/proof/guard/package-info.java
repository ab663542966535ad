/// What isolation costs: the same statements with it and without, at the size of a grown platform.
@NullMarked
package io.weir.proof.guard;

import org.jspecify.annotations.NullMarked;
