@NullMarked
package io.weir.local.prove.books;

import org.jspecify.annotations.NullMarked;
