/// Copies of everything that a platform keeps, all of one instant.
@NullMarked
package io.weir.local.backup;

import org.jspecify.annotations.NullMarked;
