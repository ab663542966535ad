package io.weir.local.keys;

import io.weir.local.state.PrivateFiles;
import io.weir.local.state.Secrets;
import io.weir.security.EnvelopeKeyset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The keys of a local platform: shows them, rotates them, retires them. A rotation has two steps with a pause
/// between: first every process comes to know the new key, then it is used. So no call fails in between.
public final class KeyRing {

    /// The services, each of which signs with a key of its own.
    static final List<String> SERVICES = List.of("gateway", "tenant", "orchestration", "billing", "analytics");

    private final Secrets secrets;
    private final Dependents dependents;
    private final Duration spread;
    private final Consumer<String> progress;

    /// @param spread after which every process has read changed files
    /// @param progress is told each step
    KeyRing(Secrets secrets, Dependents dependents, Duration spread, Consumer<String> progress) {
        this.secrets = secrets;
        this.dependents = dependents;
        this.spread = spread;
        this.progress = progress;
    }

    /// Every key, by kind and owner.
    public List<KeyState> status() throws IOException {
        List<KeyState> all = new ArrayList<>();
        PepperFiles peppers = peppers();
        List<String> ids = peppers.ids();
        for (String id : ids) {
            long keys = dependents.liveApiKeys(id, id.equals(ids.getFirst()));
            all.add(new KeyState(
                    "pepper",
                    "pepper",
                    id,
                    id.equals(peppers.current()),
                    since(peppers.file(id)),
                    keys + " live API keys"));
        }
        for (String service : SERVICES) {
            addSigning(all, "passport", signing(service));
        }
        addSigning(all, "audit", signing("audit"));
        addKeyset(all, "envelope", secrets.envelopeKeyset(), "tenants' data at rest");
        addKeyset(all, "provider", secrets.providerKeyset(), "provider keys that tenants bring");
        return all;
    }

    private static void addKeyset(List<KeyState> all, String kind, Path file, String use) throws IOException {
        for (EnvelopeKeyset.Key key : keyset(file).keys()) {
            all.add(new KeyState(kind, kind, key.id(), key.primary(), since(file), use));
        }
    }

    private void addSigning(List<KeyState> all, String kind, SigningKeyFiles keys) throws IOException {
        String current = keys.current();
        for (String id : keys.ids()) {
            String use = kind.equals("audit")
                    ? "checkpoints of the audit log"
                    : "passports; " + dependents.snapshots(keys.owner(), id) + " snapshots";
            all.add(new KeyState(kind, keys.owner(), id, id.equals(current), since(keys.publicFile(id)), use));
        }
    }

    /// Puts a new key in use. The one before stays good for what was made with it.
    ///
    /// @param owners whose signing keys; not looked at for other kinds
    public void rotate(KeyKind kind, List<String> owners) throws IOException, InterruptedException {
        switch (kind) {
            case PEPPER -> rotatePepper();
            case PASSPORT, SNAPSHOT -> rotateSigning(owners);
            case AUDIT -> rotateSigning(List.of("audit"));
            case ENVELOPE -> rotateKeyset("envelope", secrets.envelopeKeyset());
            case PROVIDER -> rotateKeyset("provider", secrets.providerKeyset());
        }
    }

    private void rotatePepper() throws InterruptedException {
        PepperFiles peppers = peppers();
        String before = peppers.current();
        String added = peppers.add();
        awaitSpread("pepper " + added);
        peppers.use(added);
        awaitSpread("the word that it is in use");
        progress.accept("New API keys are hashed under " + added + ". Keys made under " + before
                + " stay good until they are rotated, revoked or expire; then: ./weir keys retire pepper " + before);
    }

    private void rotateSigning(List<String> owners) throws IOException, InterruptedException {
        for (String owner : owners) {
            progress.accept("made key " + signing(owner).add() + " of " + owner);
        }
        awaitSpread("the public halves");
        for (String owner : owners) {
            SigningKeyFiles keys = signing(owner);
            String before = keys.current();
            keys.use(newest(keys));
            progress.accept(owner + " signs with " + newest(keys) + ", before with " + before);
        }
        awaitSpread("the word that they are in use");
        for (String owner : owners) {
            if (dependents.signAnew(owner)) {
                progress.accept(owner + " signs its snapshots anew");
            }
        }
    }

    // The last that was made.
    private static String newest(SigningKeyFiles keys) throws IOException {
        String newest = keys.current();
        for (String id : keys.ids()) {
            if (since(keys.publicFile(id)).compareTo(since(keys.publicFile(newest))) > 0) {
                newest = id;
            }
        }
        return newest;
    }

    private void rotateKeyset(String kind, Path file) throws InterruptedException {
        PrivateFiles.write(file, keyset(file).withNewKey().json());
        awaitSpread("the new " + kind + " key");
        PrivateFiles.write(file, keyset(file).withNewestPrimary().json());
        awaitSpread("the word that it is in use");
        progress.accept(
                "What is written from now on is encrypted under the new key; what was written before opens as before.");
    }

    /// Takes a key away for good. Throws [StillInUseException] where something depends on it, unless `force`;
    /// [IllegalArgumentException] where there is none of that id, or it is the current one.
    public void retire(KeyKind kind, String id, boolean force) throws IOException, InterruptedException {
        switch (kind) {
            case PEPPER -> retirePepper(id, force);
            case PASSPORT, SNAPSHOT -> retireSigning(id, force);
            case AUDIT -> retireAudit(id);
            case ENVELOPE ->
                retireFromKeyset(
                        kind, secrets.envelopeKeyset(), id, force, "Wait until exports of its time have expired");
            case PROVIDER ->
                retireFromKeyset(
                        kind,
                        secrets.providerKeyset(),
                        id,
                        force,
                        "Wait until tenants have set their provider keys again");
        }
    }

    private void retirePepper(String id, boolean force) throws IOException {
        PepperFiles peppers = peppers();
        List<String> ids = peppers.ids();
        demandOld("pepper", id, ids, peppers.current());
        boolean first = id.equals(ids.getFirst());
        long keys = dependents.liveApiKeys(id, first);
        long members = first ? dependents.membersByEmail() : 0;
        if (!force && keys + members > 0) {
            throw new StillInUseException("pepper " + id + ": " + keys + " live API keys were hashed under it, and "
                    + members
                    + " members are known by an e-mail digest of it; they would stop working. Rotate or revoke"
                    + " the keys first (POST /api/tenants/{id}/keys/{keyId}/rotate).");
        }
        peppers.remove(id);
        progress.accept("pepper " + id + " is gone");
    }

    private void retireSigning(String id, boolean force) throws IOException {
        SigningKeyFiles keys = ownerOf(id);
        demandOld(keys.owner(), id, keys.ids(), keys.current());
        long snapshots = dependents.snapshots(keys.owner(), id);
        if (!force && snapshots > 0) {
            throw new StillInUseException("key " + id + " of " + keys.owner() + ": " + snapshots
                    + " snapshots are still signed with it, which a service that starts would refuse. They are signed"
                    + " anew when they next change, those of tenant by POST /api/tenants/republish.");
        }
        keys.removePrivate(id);
        keys.removePublic(id);
        progress.accept("key " + id + " of " + keys.owner() + " is trusted no longer");
    }

    // Checkpoints outlive their key: what it signed must stay verifiable.
    private void retireAudit(String id) throws IOException {
        SigningKeyFiles keys = signing("audit");
        demandOld("audit", id, keys.ids(), keys.current());
        keys.removePrivate(id);
        progress.accept(
                "audit key " + id + " signs nothing any more; its public half stays, for the checkpoints of its time");
    }

    private void retireFromKeyset(KeyKind kind, Path file, String id, boolean force, String first) {
        if (!force) {
            throw new StillInUseException(kind.word() + " key " + id
                    + ": what was encrypted under it could not be opened any more, and nobody counts that here. "
                    + first + ", then add --force.");
        }
        PrivateFiles.write(file, keyset(file).without(id).json());
        progress.accept(kind.word() + " key " + id + " is gone");
    }

    private static void demandOld(String what, String id, List<String> ids, String current) {
        if (!ids.contains(id) || id.equals(current)) {
            throw new IllegalArgumentException(what + " key: '" + id + "' (expected: one of " + ids
                    + " that is not the current one, " + current + ")");
        }
    }

    private SigningKeyFiles ownerOf(String id) throws IOException {
        for (String service : SERVICES) {
            if (signing(service).ids().contains(id)) {
                return signing(service);
            }
        }
        throw new IllegalArgumentException("signing key: '" + id + "' (expected: one that ./weir keys status lists)");
    }

    private void awaitSpread(String what) throws InterruptedException {
        progress.accept("waiting " + spread.toSeconds() + " s until every process has read " + what);
        boolean _ = new CountDownLatch(1).await(spread.toMillis(), TimeUnit.MILLISECONDS);
    }

    private PepperFiles peppers() {
        return new PepperFiles(secrets.peppers());
    }

    private SigningKeyFiles signing(String owner) {
        return new SigningKeyFiles(owner, secrets.signingKeys(owner), secrets.trustedKeys());
    }

    private static EnvelopeKeyset keyset(Path file) {
        return EnvelopeKeyset.parse(PrivateFiles.read(file));
    }

    private static String since(Path file) throws IOException {
        return Files.getLastModifiedTime(file).toString();
    }
}
