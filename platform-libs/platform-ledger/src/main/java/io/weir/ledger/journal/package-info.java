/// A bounded write-ahead file: records forced to the disk in groups, checked by checksum, removed once they are done
/// with. Owns the files of one directory. Does not know what the records say (see `io.weir.ledger`).
@NullMarked
package io.weir.ledger.journal;

import org.jspecify.annotations.NullMarked;
