package io.weir.local.keys;

import java.io.IOException;

/// What still depends on a key.
interface Dependents {

    /// API keys that are neither revoked nor expired and were hashed under that pepper.
    ///
    /// @param first whether it is the one that keys without a word on their pepper were hashed under
    long liveApiKeys(String pepper, boolean first) throws IOException;

    /// Members who are known by the digest of their e-mail address, which is made under the first pepper.
    long membersByEmail() throws IOException;

    /// Newest records of the owner's snapshot topics that were signed with that key.
    long snapshots(String owner, String key) throws IOException;

    /// Has the owner sign its snapshots anew; false where it cannot be asked to.
    boolean signAnew(String owner) throws IOException, InterruptedException;
}
