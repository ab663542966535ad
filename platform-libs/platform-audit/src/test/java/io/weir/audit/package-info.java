@NullMarked
package io.weir.audit;

import org.jspecify.annotations.NullMarked;
