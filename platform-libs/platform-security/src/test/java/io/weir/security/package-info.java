@NullMarked
package io.weir.security;

import org.jspecify.annotations.NullMarked;
