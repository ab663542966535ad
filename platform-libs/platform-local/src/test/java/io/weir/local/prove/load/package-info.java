@NullMarked
package io.weir.local.prove.load;

import org.jspecify.annotations.NullMarked;
