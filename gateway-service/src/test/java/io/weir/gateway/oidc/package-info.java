@NullMarked
package io.weir.gateway.oidc;

import org.jspecify.annotations.NullMarked;
