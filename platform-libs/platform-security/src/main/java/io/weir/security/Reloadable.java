package io.weir.security;

/// Something that was read from files and may be read again while the service runs.
public interface Reloadable {

    /// Looks whether the files changed, and uses them where they can be used. Never throws because of what lies
    /// in them; may take a while.
    void refresh();
}
