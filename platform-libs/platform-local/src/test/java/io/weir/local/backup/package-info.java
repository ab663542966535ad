@NullMarked
package io.weir.local.backup;

import org.jspecify.annotations.NullMarked;
