package io.weir.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.helm.Rendered.Pods;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentTests {

    /// What is no setting of a service: the JVM's options, what the chart's other values refer to, and the jobs' own.
    private static final Set<String> NO_SETTINGS = Set.of(
            "JDK_JAVA_OPTIONS",
            "KAFKA_PASSWORD",
            "REDIS_PASSWORD",
            "POD_NAMESPACE",
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY");

    private static final Settings SETTINGS = Settings.documented();

    private static final String EVERYTHING = """
        gateway:
          allowedOrigins: [https://console.example.com]
          trustedProxies: [10.0.0.0/8]
          tls: {enabled: true, existingSecret: tls}
          oidc:
            - {issuer: "https://id.example.com", audience: weir, jwksUri: "https://id.example.com/keys", tenantClaim: org,
               tenants: [acme], rolesClaim: roles, roleMapping: {staff: viewer}, emailClaim: email, clockSkew: 5s}
        region: {name: eu, all: [eu, us]}
        external:
          postgres:
            tls: {mode: verify-full, caSecret: ca}
            pooler: {mode: transaction, host: pooler}
            replica: {host: replica}
          kafka: {tls: {enabled: true, caSecret: ca}, sasl: {mechanism: SCRAM-SHA-512}}
          redis: {auth: true, tls: true}
          stripe: {enabled: true, baseUrl: https://api.stripe.com}
          objectStore: {bucket: weir-files, region: eu-central-1, endpoint: https://s3.example.com, prefix: prod/,
                        pathStyle: true, encryption: kms, kmsKey: alias/weir, accessKeys: true}
          providers:
            openai: {baseUrl: https://api.openai.com/v1, keyless: false, dialect: openai, requestsPerMinute: 10, tokensPerMinute: 5000000}
        secrets:
          provider-openai: {existingSecret: {name: p}}
          stripe-api-key: {existingSecret: {name: p}}
          stripe-webhook: {existingSecret: {name: p}}
          object-store-access-key-id: {existingSecret: {name: p}}
          object-store-secret-access-key: {existingSecret: {name: p}}
        monitoring: {tracing: {endpoint: "http://otel:4318/v1/traces", sampling: 0.1}}
        """;

    @Test
    void thePageOfSettingsIsRead() {
        assertThat(SETTINGS.size()).isGreaterThan(200);
        assertThat(SETTINGS.know("WEIR_KAFKA_BOOTSTRAPSERVERS")).isTrue();
        assertThat(SETTINGS.know("WEIR_POSTGRES_MIGRATOR_PASSWORD")).isTrue();
        assertThat(SETTINGS.know("WEIR_PROVIDERS_OPENAI_BASEURL")).isTrue();
        assertThat(SETTINGS.know("WEIR_KAFKA_BOOTSTRAPSERVER")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"eval", "small", "medium", "large"})
    void everyVariableIsASettingOfTheServices(String profile) {
        assertThat(unknown(Chart.profile(profile).render())).isEmpty();
    }

    @Test
    void everyVariableThatAnyValueSetsIsASettingOfTheServices() {
        assertThat(unknown(Chart.with(EVERYTHING).render())).isEmpty();
    }

    private static Set<String> unknown(Rendered rendered) {
        Set<String> unknown = new TreeSet<>();
        for (Pods pods : rendered.pods()) {
            if (!pods.kind().equals("Pod")) {
                pods.environment().keySet().stream()
                        .filter(variable -> !NO_SETTINGS.contains(variable) && !SETTINGS.know(variable))
                        .forEach(unknown::add);
            }
        }
        return unknown;
    }

    @ParameterizedTest
    @CsvSource({
        "weir-gateway, WEIR_SERVICES_TENANT, http://weir-tenant:8080",
        "weir-gateway, WEIR_SERVICES_ORCHESTRATION, http://weir-orchestration:8080",
        "weir-gateway, WEIR_SERVICES_ANALYTICS, http://weir-analytics:8080",
        "weir-gateway, WEIR_SERVICES_BILLING, http://weir-billing:8080",
        "weir-tenant, WEIR_SERVICES_ANALYTICS, http://weir-analytics:8080",
        "weir-billing, WEIR_SERVICES_ORCHESTRATION, http://weir-orchestration:8080",
        "weir-tenant, WEIR_POSTGRES_DATABASE, tenant",
        "weir-tenant, WEIR_POSTGRES_APP_USERNAME, tenant_app",
        "weir-orchestration, WEIR_POSTGRES_MOVER_USERNAME, orchestration_mover",
        "weir-billing, WEIR_POSTGRES_MIGRATOR_USERNAME, billing_migrator",
        "weir-orchestration, WEIR_REDIS_URL, redis://weir-eval-redis:6379",
        "weir-analytics, WEIR_CLICKHOUSE_URL, http://weir-eval-clickhouse:8123",
        "weir-orchestration, WEIR_LEDGER_FILE_DURABLE, true",
        "weir-gateway, WEIR_SECURITY_SIGNINGKEY, /etc/weir/keys/signing",
        "weir-gateway, WEIR_SECURITY_PEPPER, /etc/weir/keys/pepper",
        "weir-tenant, WEIR_BOOTSTRAP_ADMINKEYFILE, /etc/weir/keys/admin-key/admin-api-key",
        "weir-tenant, WEIR_AUDIT_SIGNINGKEY, /etc/weir/keys/audit-signing",
        "weir-gateway, SERVER_PORT, 8080",
        "weir-gateway, MANAGEMENT_SERVER_PORT, 9090",
    })
    void aServiceIsToldWhereItsPartsAre(String owner, String variable, String value) {
        assertThat(Chart.plain().render().pods(owner).environment()).containsEntry(variable, value);
    }

    @Test
    void aLoginAtKafkaIsTheServicesOwnAndItsPasswordIsReferredTo() {
        Map<String, String> environment =
                Chart.with(EVERYTHING).render().pods("weir-billing").environment();
        assertThat(environment)
                .containsEntry("WEIR_KAFKA_CLIENT_SECURITY_PROTOCOL", "SASL_SSL")
                .containsEntry(
                        "WEIR_KAFKA_CLIENT_SASL_JAAS_CONFIG",
                        "org.apache.kafka.common.security.scram.ScramLoginModule required"
                                + " username=\"weir-billing\" password=\"$(KAFKA_PASSWORD)\";");
        assertThat(environment.get("KAFKA_PASSWORD")).contains("secretKeyRef", "kafka-billing");
    }

    @Test
    void redisMayBeAClusterWithALoginAndTls() {
        Map<String, String> environment =
                Chart.profile("large").render().pods("weir-gateway").environment();
        assertThat(environment.get("WEIR_REDIS_URL"))
                .isEqualTo(
                        "rediss://:$(REDIS_PASSWORD)@redis-0.stores.svc:6379,rediss://:$(REDIS_PASSWORD)@redis-1.stores.svc:6379,"
                                + "rediss://:$(REDIS_PASSWORD)@redis-2.stores.svc:6379");
    }

    @Test
    void whatIsReferredToStandsBeforeItIsUsed() {
        List<String> order = Chart.with(EVERYTHING)
                .render()
                .pods("weir-orchestration")
                .container()
                .path("env")
                .valueStream()
                .map(variable -> variable.path("name").asText())
                .toList();
        assertThat(order.indexOf("KAFKA_PASSWORD")).isLessThan(order.indexOf("WEIR_KAFKA_CLIENT_SASL_JAAS_CONFIG"));
        assertThat(order.indexOf("REDIS_PASSWORD")).isLessThan(order.indexOf("WEIR_REDIS_URL"));
    }

    @Test
    void filesInABucketNeedNoVolumeThatPodsShare() {
        Rendered rendered = Chart.with("""
            services:
              orchestration:
                replicas: 3
                serviceAccount: {annotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::1:role/weir"}}
            external: {objectStore: {bucket: weir-files, region: eu-central-1}}
            """).render();
        assertThat(rendered.pods("weir-orchestration").environment())
                .containsEntry("WEIR_FILES_S3_BUCKET", "weir-files")
                .containsEntry("WEIR_FILES_S3_REGION", "eu-central-1")
                .doesNotContainKeys("WEIR_FILES_DIRECTORY", "AWS_ACCESS_KEY_ID");
        assertThat(rendered.pods("weir-tenant").environment())
                .containsKey("WEIR_EXPORTS_DIRECTORY")
                .doesNotContainKey("WEIR_FILES_S3_BUCKET");
        assertThat(rendered.get("ServiceAccount", "weir-orchestration")
                        .path("metadata")
                        .path("annotations")
                        .path("eks.amazonaws.com/role-arn")
                        .asText())
                .isEqualTo("arn:aws:iam::1:role/weir");
    }

    @Test
    void accessKeysOfABucketAreReferredTo() {
        assertThat(Chart.with(EVERYTHING)
                        .render()
                        .pods("weir-orchestration")
                        .environment()
                        .get("AWS_SECRET_ACCESS_KEY"))
                .contains("secretKeyRef", "object-store-secret-access-key");
    }

    @Test
    void bigNumbersAreWrittenOut() {
        assertThat(Chart.with(EVERYTHING).render().pods("weir-orchestration").environment())
                .containsEntry("WEIR_PROVIDERS_OPENAI_TOKENSPERMINUTE", "5000000");
    }

    @Test
    void aServicesOwnEnvironmentIsAddedChangedAndTakenAway() {
        Map<String, String> environment =
                Chart.with("""
                    defaults:
                      env: {WEIR_LANE_PATIENCE: 5s}
                    services:
                      orchestration:
                        env:
                          WEIR_LANE_MAXCALLS: 100
                          WEIR_KAFKA_TOPICPREFIX: other.
                          WEIR_HEALTH_DRAINDELAY: null
                          WEIR_CACHE_STORE: {valueFrom: {configMapKeyRef: {name: c, key: k}}}
                    """).render().pods("weir-orchestration").environment();
        assertThat(environment)
                .containsEntry("WEIR_LANE_PATIENCE", "5s")
                .containsEntry("WEIR_LANE_MAXCALLS", "100")
                .containsEntry("WEIR_KAFKA_TOPICPREFIX", "other.")
                .doesNotContainKey("WEIR_HEALTH_DRAINDELAY");
        assertThat(environment.get("WEIR_CACHE_STORE")).contains("configMapKeyRef");
    }

    @Test
    void aChangedSettingOrSecretRollsThePods() {
        String before = checksums(Chart.plain());
        assertThat(checksums(Chart.with("gateway: {baseDomain: other.example.com}")))
                .isNotEqualTo(before);
        assertThat(checksums(Chart.with("secrets: {redis: {value: abc}}"))).isNotEqualTo(before);
        assertThat(checksums(Chart.with("ingress: {streamTimeoutSeconds: 60}"))).isEqualTo(before);
    }

    private static String checksums(Chart chart) {
        return chart.render()
                .pods("weir-gateway")
                .metadata()
                .path("annotations")
                .toString();
    }

    @Test
    void withoutAVolumeOfItsOwnTheLedgersFileIsNotCalledDurable() {
        Chart chart = Chart.with("services: {orchestration: {kind: Deployment, state: {persistent: false}}}");
        assertThat(chart.render().pods("weir-orchestration").environment())
                .containsEntry("WEIR_LEDGER_FILE_DURABLE", "false");
    }
}
