/// Many tenants on few connections, some of them cancelled; every row that comes back says whose it is.
@NullMarked
package io.weir.proof.storm;

import org.jspecify.annotations.NullMarked;
