/// Rebuilding a snapshot topic from the database.
@NullMarked
package io.weir.tenant.republication;

import org.jspecify.annotations.NullMarked;
