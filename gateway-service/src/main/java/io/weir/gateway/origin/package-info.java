/// Whose web pages may call: those of origins that the operator or the page's own tenant has listed. Default:
/// nobody's.
@NullMarked
package io.weir.gateway.origin;

import org.jspecify.annotations.NullMarked;
