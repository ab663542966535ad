package io.weir.local.platform;

import io.weir.embedded.ServerKind;
import io.weir.embedded.ServerKind.Lifetime;
import io.weir.local.state.Layout;
import io.weir.local.state.Port;
import io.weir.local.state.Ports;
import io.weir.local.state.Secrets;
import io.weir.local.supervisor.Part;
import io.weir.local.supervisor.Part.CommandSource;
import io.weir.local.supervisor.Part.HttpOk;
import io.weir.local.supervisor.Part.Kind;
import io.weir.local.supervisor.Part.Program;
import io.weir.local.supervisor.Part.ReadyLine;
import io.weir.local.supervisor.Part.Step;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Every part of the local platform, in the order of starting.
final class PartCatalogue {

    static final String DATABASES = "databases";
    static final String HEALTH = "health";
    static final String TENANTS = "demo-tenants";
    static final String PROVIDERS = "provider-simulator";
    static final String STRIPE = "stripe-simulator";

    private final Layout layout;
    private final Ports ports;
    private final Secrets secrets;
    private final ServiceSettings settings;

    PartCatalogue(Layout layout, Ports ports, Secrets secrets, ServiceSettings settings) {
        this.layout = layout;
        this.ports = ports;
        this.secrets = secrets;
        this.settings = settings;
    }

    List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        parts.add(server(ServerKind.POSTGRES, Port.POSTGRES, secrets.postgresSuperuser()));
        parts.add(server(ServerKind.KAFKA, Port.KAFKA, null));
        parts.add(server(ServerKind.REDIS, Port.REDIS, null));
        parts.add(server(ServerKind.CLICKHOUSE, Port.CLICKHOUSE, secrets.clickhouse()));
        parts.add(simulator(PROVIDERS, Port.PROVIDER_SIMULATOR, "io.weir.simulators.provider.ProviderSimulator"));
        parts.add(simulator(
                STRIPE,
                Port.STRIPE_SIMULATOR,
                "io.weir.simulators.stripe.StripeSimulator",
                "--webhook-url",
                StripeAccount.webhookUrl(ports),
                "--webhook-secret-file",
                secrets.stripeWebhookSecret().toString(),
                "--state-file",
                layout.data().resolve(STRIPE + ".json").toString()));
        parts.add(step(DATABASES, Set.of("postgres", "clickhouse"), new Databases(ports, secrets)));
        for (Service service : Service.values()) {
            parts.add(service(service));
        }
        String gateway = ports.url(Port.GATEWAY);
        Set<String> services =
                Arrays.stream(Service.values()).map(Service::title).collect(Collectors.toSet());
        parts.add(step(HEALTH, services, new GatewayHealth(gateway)));
        parts.add(step(TENANTS, Set.of(HEALTH), new DemoTenants(gateway, layout, secrets)));
        return parts;
    }

    Part server(ServerKind kind, Port port, @Nullable Path passwordFile) {
        return server(kind, port, passwordFile, ServerKind.QUICK_START);
    }

    Part server(ServerKind kind, Port port, @Nullable Path passwordFile, List<String> jvmOptions) {
        CommandSource command = () -> new ProcessBuilder(kind.command(
                Java.program(),
                jvmOptions,
                Java.classPath(),
                layout.data().resolve(kind.title()),
                ports.of(port),
                passwordFile,
                Lifetime.OF_THE_PARENT));
        String scheme = kind == ServerKind.CLICKHOUSE ? "http" : kind.name().toLowerCase(Locale.ROOT);
        return new Part(
                kind.title(),
                Kind.SERVER,
                Set.of(),
                ports.of(port),
                scheme + "://127.0.0.1:" + ports.of(port),
                new Program(command, new ReadyLine()));
    }

    Part simulator(String name, Port port, String mainClass, String... further) {
        List<String> command = new ArrayList<>(List.of(
                Java.program().toString(),
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                Java.classPath(),
                mainClass,
                "--host",
                "127.0.0.1",
                "--port",
                Integer.toString(ports.of(port)),
                "--die-with-parent"));
        command.addAll(List.of(further));
        CommandSource source = () -> new ProcessBuilder(command);
        return new Part(
                name, Kind.SIMULATOR, Set.of(), ports.of(port), ports.url(port), new Program(source, new ReadyLine()));
    }

    private Part service(Service service) {
        int port = ports.of(service.port());
        return service(service, service.title(), port, ServiceProgram.QUICK_START, () -> settings.write(service));
    }

    Part service(Service service, String name, int port, List<String> jvmOptions, Supplier<Path> file) {
        String url = "http://127.0.0.1:" + port;
        return new Part(
                name,
                Kind.SERVICE,
                service.needs(),
                port,
                url,
                new Program(
                        new ServiceProgram(service, layout, jvmOptions, file), new HttpOk(URI.create(url + "/ready"))));
    }

    static Part step(String name, Set<String> needs, Part.Action action) {
        return new Part(name, Kind.STEP, needs, null, null, new Step(action));
    }
}
