/// A program that makes the secrets of a new platform inside its cluster, so that they never pass through anybody's
/// hands or files. Owns what each of them consists of. Does not own their rotation, nor secrets of other parties.
@NullMarked
package io.weir.security.setup;

import org.jspecify.annotations.NullMarked;
