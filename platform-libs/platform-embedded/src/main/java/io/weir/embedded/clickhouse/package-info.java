/// ClickHouse as one process: the engine as a library, called through the foreign-function interface, behind the part
/// of ClickHouse's HTTP interface that its Java clients use. For tests and the local platform, on loopback only:
/// there are no row policies, no second user and no sessions, and a table function may read any file that the process
/// may.
@NullMarked
package io.weir.embedded.clickhouse;

import org.jspecify.annotations.NullMarked;
