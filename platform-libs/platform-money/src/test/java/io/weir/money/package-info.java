@NullMarked
package io.weir.money;

import org.jspecify.annotations.NullMarked;
