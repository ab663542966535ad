package io.weir.proof.mutant;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/// Loads every class of Weir anew, one of them changed; all others are those of its parent. What runs in it is the
/// code that ships, but for the change. Neither sources nor jars are touched.
final class ChangedClasses extends ClassLoader {

    private static final String OURS = "io.weir.";

    private final @Nullable Change change;
    private volatile boolean applied;

    static {
        registerAsParallelCapable();
    }

    /// @param change null where everything is loaded as it is
    ChangedClasses(ClassLoader parent, @Nullable Change change) {
        super("changed", parent);
        this.change = change;
    }

    /// Whether the changed class was ever loaded: where it was not, nothing was tested.
    boolean applied() {
        return change == null || applied;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(OURS)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            return known == null ? define(name) : known;
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        byte[] bytes = bytes(name);
        if (change != null && change.className().equals(name)) {
            bytes = change.applied(bytes);
            applied = true;
        }
        return defineClass(name, bytes, 0, bytes.length);
    }

    private byte[] bytes(String name) throws ClassNotFoundException {
        try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            return in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
