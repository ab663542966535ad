package io.weir.local.state;

import java.nio.file.Path;

/// Where things lie.
///
/// @param home  the checkout, which holds the services' jars
/// @param state what the platform keeps, `.weir` by default; for its owner's eyes only
public record Layout(Path home, Path state) {

    public Layout {
        home = home.toAbsolutePath().normalize();
        state = home.resolve(state).normalize();
    }

    /// Makes every directory that the platform writes to.
    public void create() {
        PrivateFiles.directory(state);
        for (Path directory : new Path[] {secrets(), logs(), run(), data(), applications(), settings()}) {
            PrivateFiles.directory(directory);
        }
    }

    public Path secrets() {
        return state.resolve("secrets");
    }

    public Path logs() {
        return state.resolve("logs");
    }

    public Path log(String part) {
        return logs().resolve(part + ".log");
    }

    /// Of this run: the control channel, the children, the ports.
    public Path run() {
        return state.resolve("run");
    }

    public Path data() {
        return state.resolve("data");
    }

    /// The services' jars, unpacked.
    public Path applications() {
        return state.resolve("apps");
    }

    /// The services' settings files.
    public Path settings() {
        return state.resolve("settings");
    }

    public Path controlFile() {
        return run().resolve("control.json");
    }

    public Path childrenFile() {
        return run().resolve("children.json");
    }

    public Path portsFile() {
        return run().resolve("ports.json");
    }

    /// What tools read: addresses, keys, tenants.
    public Path platformFile() {
        return state.resolve("platform.json");
    }

    /// Invoices of the demo, as pages.
    public Path invoicePages() {
        return state.resolve("invoices");
    }

    public Path demoTenantsFile() {
        return secrets().resolve("demo-tenants.json");
    }
}
