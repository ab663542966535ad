/// Seeded calls on a running platform, as many kinds of clients make them, and what each of those saw. Does not judge.
@NullMarked
package io.weir.local.prove.load;

import org.jspecify.annotations.NullMarked;
