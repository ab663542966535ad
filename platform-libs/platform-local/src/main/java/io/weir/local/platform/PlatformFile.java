package io.weir.local.platform;

import io.weir.local.state.Layout;
import io.weir.local.state.Port;
import io.weir.local.state.Ports;
import io.weir.local.state.PrivateFiles;
import io.weir.local.state.Secrets;
import io.weir.local.supervisor.Part;
import io.weir.local.supervisor.PartState;
import io.weir.local.supervisor.PartStatus;
import io.weir.local.supervisor.StatusReport;
import io.weir.local.tls.LocalCertificates;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// `platform.json`: where everything is, for tools and tests. Written again whenever a process changes.
final class PlatformFile {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Layout layout;
    private final Ports ports;
    private final Secrets secrets;
    private final Map<String, String> providers;
    private String written = "";

    /// @param providers the base URL of each, by name
    PlatformFile(Layout layout, Ports ports, Secrets secrets, Map<String, String> providers) {
        this.layout = layout;
        this.ports = ports;
        this.secrets = secrets;
        this.providers = providers;
    }

    /// Hears of every change; writes once the demo tenants are there. Not safe for use by several threads at
    /// once.
    void changed(StatusReport report) {
        boolean provisioned = report.parts().stream()
                .anyMatch(part -> part.name().equals(PartCatalogue.TENANTS) && part.state() == PartState.READY);
        if (provisioned) {
            String text = JSON.writeValueAsString(content(report));
            if (!text.equals(written)) {
                PrivateFiles.write(layout.platformFile(), text + "\n");
                written = text;
            }
        }
    }

    private Map<String, Object> content(StatusReport report) {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("gateway", ports.url(Port.GATEWAY));
        content.put("https", "https://localhost:" + ports.of(Port.HTTPS));
        content.put(
                "certificateAuthority",
                new LocalCertificates(secrets.tls()).authority().toString());
        content.put("providers", providers);
        content.put("providerSimulator", ports.url(Port.PROVIDER_SIMULATOR));
        content.put("stripeSimulator", ports.url(Port.STRIPE_SIMULATOR));
        content.put(
                "clickhouse",
                "http://default:" + PrivateFiles.read(secrets.clickhouse()).strip() + "@127.0.0.1:"
                        + ports.of(Port.CLICKHOUSE));
        content.put("postgres", postgres());
        content.put("kafka", "127.0.0.1:" + ports.of(Port.KAFKA));
        content.put("redis", "127.0.0.1:" + ports.of(Port.REDIS));
        content.put("adminKey", PrivateFiles.read(secrets.adminKey()).strip());
        content.put("tenants", DemoTenants.known(layout));
        content.put("services", processes(report, List.of(Part.Kind.SERVICE)));
        content.put("infrastructure", processes(report, List.of(Part.Kind.SERVER, Part.Kind.SIMULATOR)));
        return content;
    }

    private Map<String, String> postgres() {
        String password = PrivateFiles.read(secrets.postgresSuperuser()).strip();
        Map<String, String> uris = new LinkedHashMap<>();
        for (Service service : Service.values()) {
            if (service.hasDatabase()) {
                uris.put(
                        service.issuer(),
                        "postgresql://postgres:" + password + "@127.0.0.1:" + ports.of(Port.POSTGRES) + "/"
                                + service.issuer());
            }
        }
        return uris;
    }

    private static List<Map<String, Object>> processes(StatusReport report, List<Part.Kind> kinds) {
        return report.parts().stream()
                .filter(part -> kinds.contains(part.kind()))
                .map(PlatformFile::process)
                .toList();
    }

    private static Map<String, Object> process(PartStatus part) {
        Map<String, Object> process = new LinkedHashMap<>();
        process.put("name", part.name());
        process.put("pid", part.pid());
        process.put("port", part.port());
        process.put("url", part.url());
        return process;
    }
}
