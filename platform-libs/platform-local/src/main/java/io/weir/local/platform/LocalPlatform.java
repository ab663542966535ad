package io.weir.local.platform;

import io.weir.local.state.Layout;
import io.weir.local.state.Ports;
import io.weir.local.state.Secrets;
import io.weir.local.supervisor.ControlServer;
import io.weir.local.supervisor.Supervisor;
import io.weir.local.tls.CertificateRenewal;
import io.weir.local.tls.LocalCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/// The supervisor's process: outlives the shell that started it, ends when told through its control channel or
/// by SIGTERM.
public final class LocalPlatform {

    private LocalPlatform() {}

    /// The command that starts this process for a state directory whose ports and control files lie ready.
    public static List<String> command(Layout layout, boolean real) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Java.program().toString(),
                "-Xmx96m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                LauncherCopy.make(layout),
                LocalPlatform.class.getName(),
                layout.home().toString(),
                layout.state().toString()));
        if (real) {
            command.add("--real");
        }
        return command;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Layout layout = new Layout(Path.of(arguments[0]), Path.of(arguments[1]));
        boolean real = arguments.length > 2 && arguments[2].equals("--real");
        layout.create();
        Files.deleteIfExists(layout.platformFile());
        Ports ports = Ports.read(layout.portsFile());
        Secrets secrets = new Secrets(layout);
        Map<String, String> environment = System.getenv();
        Map<String, String> providers = Providers.settings(real, environment, ports);
        ServiceSettings settings = new ServiceSettings(
                layout,
                ports,
                secrets,
                environment,
                providers,
                StripeAccount.settings(real, environment, ports, secrets));
        makeKeys(secrets);
        try (CertificateRenewal renewal = new CertificateRenewal(new LocalCertificates(secrets.tls()))) {
            renewal.start();
            run(layout, ports, secrets, settings, providers);
        }
        Files.deleteIfExists(layout.childrenFile());
        Runtime.getRuntime().halt(0); // all is ended; the hook has nothing left to do
    }

    private static void run(
            Layout layout, Ports ports, Secrets secrets, ServiceSettings settings, Map<String, String> providers)
            throws IOException, InterruptedException {
        Supervisor supervisor = new Supervisor(
                new PartCatalogue(layout, ports, secrets, settings).parts(),
                layout::log,
                layout.childrenFile(),
                new PlatformFile(layout, ports, secrets, Providers.urls(providers))::changed);
        CountDownLatch asked = new CountDownLatch(1);
        Thread hook = new Thread(supervisor::end, "supervisor-end");
        ControlServer control = ControlServer.open(supervisor, layout.controlFile(), asked::countDown);
        try {
            Runtime.getRuntime().addShutdownHook(hook);
            supervisor.start();
            asked.await();
            supervisor.end();
            Files.deleteIfExists(layout.platformFile());
        } finally {
            control.close();
        }
    }

    /// All of them before the first service starts, as each trusts the keys of all.
    static void makeKeys(Secrets secrets) {
        for (Service service : Service.values()) {
            secrets.signingKeys(service.issuer());
        }
        secrets.signingKeys("audit");
    }
}
