@NullMarked
package io.weir.security.autoconfigure;

import org.jspecify.annotations.NullMarked;
