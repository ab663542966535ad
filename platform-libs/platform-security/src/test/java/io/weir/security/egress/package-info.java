@NullMarked
package io.weir.security.egress;

import org.jspecify.annotations.NullMarked;
