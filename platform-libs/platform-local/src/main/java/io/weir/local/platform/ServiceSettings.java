package io.weir.local.platform;

import io.weir.local.state.Layout;
import io.weir.local.state.Port;
import io.weir.local.state.Ports;
import io.weir.local.state.PrivateFiles;
import io.weir.local.state.Secrets;
import io.weir.local.tls.LocalCertificates;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a service is told: one settings file per service, for its owner's eyes only, as it holds passwords.
final class ServiceSettings {

    private static final String LOOPBACK = "127.0.0.1";

    private final Layout layout;
    private final Ports ports;
    private final Secrets secrets;
    private final Map<String, String> environment;
    private final Map<String, String> providers;
    private final Map<String, String> stripe;

    ServiceSettings(
            Layout layout,
            Ports ports,
            Secrets secrets,
            Map<String, String> environment,
            Map<String, String> providers,
            Map<String, String> stripe) {
        this.layout = layout;
        this.ports = ports;
        this.secrets = secrets;
        this.environment = environment;
        this.providers = providers;
        this.stripe = stripe;
    }

    /// Writes the file and returns where it lies.
    Path write(Service service) {
        return write(service.title(), of(service));
    }

    /// Writes these settings as a part's file and returns where it lies.
    Path write(String part, Map<String, String> settings) {
        StringBuilder text = new StringBuilder();
        settings.forEach((name, value) -> text.append(name)
                .append('=')
                .append(value.replace("\\", "\\\\"))
                .append('\n'));
        Path file = layout.settings().resolve(part + ".properties");
        PrivateFiles.write(file, text.toString());
        return file;
    }

    Map<String, String> of(Service service) {
        Map<String, String> settings = common(service);
        if (service.hasDatabase()) {
            addPostgres(settings, service.issuer());
        }
        switch (service) {
            case TENANT -> {
                settings.put("weir.services.analytics", ports.url(Service.ANALYTICS.port()));
                settings.put("weir.security.pepper", secrets.peppers().toString());
                settings.put("weir.bootstrap.admin-key-file", secrets.adminKey().toString());
                settings.put(
                        "weir.security.envelope-keyset",
                        secrets.envelopeKeyset().toString());
                addProviderKeys(settings);
                settings.put(
                        "weir.audit.export-directory",
                        PrivateFiles.directory(layout.data().resolve("audit-exports"))
                                .toString());
                settings.putIfAbsent(
                        "weir.audit.signing-key", secrets.signingKeys("audit").toString());
            }
            case ORCHESTRATION -> {
                settings.put("weir.redis.url", redisUrl());
                // Whatever the machine is called, and if it is called nothing.
                settings.put("weir.ledger.producer-id", "orchestration-" + ports.of(Service.ORCHESTRATION.port()));
                addProviderKeys(settings);
                settings.put(
                        "weir.security.envelope-keyset",
                        secrets.envelopeKeyset().toString());
                settings.put("weir.upstream.tenant-salt", secrets.tenantSalt().toString());
                settings.putAll(providers);
            }
            case ANALYTICS -> addClickHouse(settings);
            case GATEWAY -> {
                settings.put("weir.security.pepper", secrets.peppers().toString());
                settings.put("weir.redis.url", redisUrl());
                addTls(settings);
                for (Service behind :
                        List.of(Service.TENANT, Service.ORCHESTRATION, Service.ANALYTICS, Service.BILLING)) {
                    settings.put("weir.services." + behind.issuer(), ports.url(behind.port()));
                }
            }
            case BILLING -> {
                settings.put("weir.services.orchestration", ports.url(Service.ORCHESTRATION.port()));
                settings.put("weir.services.analytics", ports.url(Service.ANALYTICS.port()));
                settings.putAll(stripe);
            }
        }
        return settings;
    }

    // Nobody else is on a developer's machine, whose simulators and own models are worth calling.
    private void addProviderKeys(Map<String, String> settings) {
        settings.put("weir.security.provider-keyset", secrets.providerKeyset().toString());
        settings.put("weir.egress.allow-loopback", "true");
    }

    private void addTls(Map<String, String> settings) {
        LocalCertificates certificates = new LocalCertificates(secrets.tls());
        settings.put("weir.tls.port", Integer.toString(ports.of(Port.HTTPS)));
        settings.put("weir.tls.certificate", certificates.certificate().toString());
        settings.put("weir.tls.private-key", certificates.privateKey().toString());
    }

    private Map<String, String> common(Service service) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("server.port", Integer.toString(ports.of(service.port())));
        settings.put("server.address", LOOPBACK);
        settings.put(
                "management.server.port",
                Integer.toString(ports.of(service.port().management())));
        settings.put("management.server.address", LOOPBACK);
        settings.put("weir.kafka.bootstrap-servers", LOOPBACK + ":" + ports.of(Port.KAFKA));
        settings.put(
                "weir.security.signing-key",
                secrets.signingKeys(service.issuer()).toString());
        settings.put("weir.security.trusted-keys", secrets.trustedKeys().toString());
        settings.put(
                "weir.state-directory",
                PrivateFiles.directory(layout.data().resolve(service.title())).toString());
        copy("WEIR_OTLP_ENDPOINT", "management.opentelemetry.tracing.export.otlp.endpoint", settings);
        copy("WEIR_TRACING_SAMPLING", "weir.tracing.sampling", settings);
        return settings;
    }

    private void copy(String variable, String property, Map<String, String> settings) {
        String value = environment.get(variable);
        if (value != null && !value.isBlank()) {
            settings.put(property, value);
        }
    }

    private void addPostgres(Map<String, String> settings, String database) {
        settings.put("weir.postgres.host", LOOPBACK);
        settings.put("weir.postgres.port", Integer.toString(ports.of(Port.POSTGRES)));
        settings.put("weir.postgres.database", database);
        for (String kind : Databases.ROLE_KINDS) {
            String role = database + "_" + kind;
            settings.put("weir.postgres." + kind + ".username", role);
            settings.put("weir.postgres." + kind + ".password", secrets.rolePassword(role));
        }
    }

    private void addClickHouse(Map<String, String> settings) {
        settings.put("weir.clickhouse.url", ports.url(Port.CLICKHOUSE));
        settings.put("weir.clickhouse.database", "weir");
        settings.put("weir.clickhouse.username", "default");
        settings.put(
                "weir.clickhouse.password",
                PrivateFiles.read(secrets.clickhouse()).strip());
    }

    private String redisUrl() {
        return "redis://" + LOOPBACK + ":" + ports.of(Port.REDIS);
    }
}
