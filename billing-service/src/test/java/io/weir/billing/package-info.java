@NullMarked
package io.weir.billing;

import org.jspecify.annotations.NullMarked;
