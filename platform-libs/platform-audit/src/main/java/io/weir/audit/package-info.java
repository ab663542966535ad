/// What is said about privileged actions, by whom and with what outcome: the events of the audit log,
/// their wire form and the bytes that are sealed. Does not own where they are kept and sealed
/// (tenant-service).
@NullMarked
package io.weir.audit;

import org.jspecify.annotations.NullMarked;
