@NullMarked
package io.weir.gateway.authentication;

import org.jspecify.annotations.NullMarked;
