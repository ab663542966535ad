/// When each key was last used, from the gateway's access records. Does not own keys (apikey).
@NullMarked
package io.weir.tenant.keyuse;

import org.jspecify.annotations.NullMarked;
