/// What the platform keeps on disk between starts: where it lies, which ports are used, and the secrets.
@NullMarked
package io.weir.local.state;

import org.jspecify.annotations.NullMarked;
