package io.weir.local.supervisor;

/// Where a part is in its life.
public enum PartState {
    /// Something that it needs is not ready yet.
    WAITING,
    STARTING,
    READY,
    /// It died or could not be started; it will be tried again.
    FAILED,
    /// Somebody asked for it; it stays so until somebody asks again.
    STOPPED
}
