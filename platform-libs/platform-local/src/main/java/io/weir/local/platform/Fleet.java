package io.weir.local.platform;

import io.weir.embedded.FreePort;
import io.weir.embedded.ServerKind;
import io.weir.local.state.Layout;
import io.weir.local.state.Port;
import io.weir.local.state.Ports;
import io.weir.local.state.PrivateFiles;
import io.weir.local.state.Secrets;
import io.weir.local.supervisor.Part;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The parts of a platform for trials: several processes of some services, with settings of its own; no Stripe and no
/// demo tenants. Where a service has several processes, its usual port is left to whoever spreads calls over them.
public final class Fleet {

    /// What services have with `weir up`.
    public static final List<String> QUICK_START = ServiceProgram.QUICK_START;

    private final Layout layout;
    private final Ports ports;
    private final Secrets secrets;
    private final ServiceSettings settings;
    private final Map<String, Map<String, String>> further;
    private final List<String> jvmOptions;
    private final List<Member> members = new ArrayList<>();

    /// One process of a service.
    ///
    /// @param service for example `orchestration`
    public record Member(String service, String name, int port, int management) {}

    /// @param processes of each service, by name; one where it is not named
    /// @param further settings, by service
    /// @param jvmOptions of every service and of the broker, instead of those for a quick start
    public Fleet(
            Layout layout,
            Ports ports,
            Map<String, Integer> processes,
            Map<String, Map<String, String>> further,
            List<String> jvmOptions) {
        this.layout = layout;
        this.ports = ports;
        this.secrets = new Secrets(layout);
        this.further = Map.copyOf(further);
        this.jvmOptions = List.copyOf(jvmOptions);
        Map<String, String> providers = Providers.settings(false, Map.of(), ports);
        this.settings = new ServiceSettings(layout, ports, secrets, Map.of(), providers, Map.of());
        for (Service service : Service.values()) {
            int count = processes.getOrDefault(service.issuer(), 1);
            for (int i = 1; i <= count; i++) {
                String name = count == 1 ? service.title() : service.title() + "-" + i;
                int port = count == 1 ? ports.of(service.port()) : FreePort.lasting();
                members.add(new Member(service.issuer(), name, port, FreePort.lasting()));
            }
        }
        LocalPlatform.makeKeys(secrets);
    }

    /// In the order of starting.
    public List<Part> parts() {
        PartCatalogue catalogue = new PartCatalogue(layout, ports, secrets, settings);
        List<Part> parts = new ArrayList<>();
        parts.add(catalogue.server(ServerKind.POSTGRES, Port.POSTGRES, secrets.postgresSuperuser()));
        parts.add(catalogue.server(ServerKind.KAFKA, Port.KAFKA, null, jvmOptions));
        parts.add(catalogue.server(ServerKind.REDIS, Port.REDIS, null));
        parts.add(catalogue.server(ServerKind.CLICKHOUSE, Port.CLICKHOUSE, secrets.clickhouse()));
        parts.add(catalogue.simulator(
                PartCatalogue.PROVIDERS,
                Port.PROVIDER_SIMULATOR,
                "io.weir.simulators.provider.ProviderSimulator",
                "--ledger-capacity",
                "1000000"));
        parts.add(PartCatalogue.step(
                PartCatalogue.DATABASES, Set.of("postgres", "clickhouse"), new Databases(ports, secrets)));
        for (Member member : members) {
            parts.add(part(catalogue, member));
        }
        return parts;
    }

    private Part part(PartCatalogue catalogue, Member member) {
        Service service = Service.of(member.service());
        Set<String> needs = new HashSet<>(service.needs());
        Part part = catalogue.service(
                service,
                member.name(),
                member.port(),
                jvmOptions,
                () -> settings.write(member.name(), settings(service, member)));
        needs.remove(PartCatalogue.STRIPE);
        return new Part(part.name(), part.kind(), needs, part.port(), part.url(), part.work());
    }

    private Map<String, String> settings(Service service, Member member) {
        Map<String, String> own = new LinkedHashMap<>(settings.of(service));
        if (!member.name().equals(service.title())) {
            own.put("server.port", Integer.toString(member.port()));
            own.put("management.server.port", Integer.toString(member.management()));
            own.put(
                    "weir.state-directory",
                    PrivateFiles.directory(layout.data().resolve(member.name())).toString());
            // Any free one: they cannot share it.
            own.computeIfPresent("weir.tls.port", (any, first) -> "0");
            own.computeIfPresent("weir.ledger.producer-id", (any, first) -> service.issuer() + "-" + member.port());
        }
        own.putAll(further.getOrDefault(member.service(), Map.of()));
        return own;
    }

    public List<Member> members() {
        return List.copyOf(members);
    }

    /// Where calls to a service with several processes are to be taken from.
    public int front(String service) {
        return ports.of(Service.of(service).port());
    }

    public String adminKey() {
        return PrivateFiles.read(secrets.adminKey()).strip();
    }

    /// Passwords of the servers' superusers, by the server's name.
    public Map<String, String> passwords() {
        Map<String, String> passwords = new HashMap<>();
        passwords.put("postgres", PrivateFiles.read(secrets.postgresSuperuser()).strip());
        passwords.put("clickhouse", PrivateFiles.read(secrets.clickhouse()).strip());
        return passwords;
    }
}
