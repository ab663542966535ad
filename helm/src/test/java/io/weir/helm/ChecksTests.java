package io.weir.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What each field allows and several together do not. Every sentence says what is wrong, which value to set, and
/// which page to read.
class ChecksTests {

    private static Arguments bad(String profile, String values, String... parts) {
        return Arguments.of(profile, values, parts);
    }

    static Stream<Arguments> bad() {
        return Stream.of(
                bad(
                        "",
                        "services: {gateway: {autoscaling: {hpa: {enabled: true}, keda: {enabled: true}}}}",
                        "services.gateway has two autoscalers",
                        "autoscaling.keda.enabled",
                        "helm/README.md, Scaling"),
                bad(
                        "",
                        "services: {gateway: {autoscaling: {hpa: {enabled: true, min: 9, max: 4}}}}",
                        "scales from 9 to 4",
                        "min below max"),
                bad(
                        "",
                        "services: {gateway: {replicas: 2, pdb: {maxUnavailable: 0}}}",
                        "services.gateway.pdb never lets a pod go",
                        "set maxUnavailable to 1"),
                bad(
                        "",
                        "services: {gateway: {replicas: 2, pdb: {minAvailable: 2, maxUnavailable: \"\"}}}",
                        "services.gateway.pdb never lets a pod go",
                        "minAvailable below 2"),
                bad(
                        "",
                        "services: {gateway: {replicas: 2, pdb: {minAvailable: 100%, maxUnavailable: \"\"}}}",
                        "every drain of a node would hang"),
                bad(
                        "",
                        "services: {gateway: {replicas: 2, pdb: {minAvailable: 1}}}",
                        "says both minAvailable and maxUnavailable"),
                bad("", "services: {gateway: {replicas: 2, pdb: {maxUnavailable: \"\"}}}", "says neither minAvailable"),
                bad(
                        "",
                        "services: {gateway: {shutdown: {graceSeconds: 60}}}",
                        "is killed after 60 s while its streams may need 140 s",
                        "shutdown.graceSeconds",
                        "Long streams"),
                bad(
                        "",
                        "services: {billing: {state: {persistent: true}}}",
                        "which only a StatefulSet's pods can",
                        "Storage"),
                bad(
                        "",
                        "external: {objectStore: {bucket: files, kmsKey: alias/x}}",
                        "external.objectStore.kmsKey is set, but encryption is bucket",
                        "Storage"),
                bad(
                        "",
                        "external: {objectStore: {bucket: files}}",
                        "nothing says where it is",
                        "external.objectStore.region"),
                bad(
                        "",
                        "external: {objectStore: {bucket: files, accessKeys: true}}",
                        "secrets.object-store-access-key-id"),
                bad("", "services: {tenant: {replicas: 2}}", "services.tenant may have 2 pods", "shared.enabled"),
                bad(
                        "",
                        "services: {tenant: {replicas: 2, shared: {enabled: true, accessMode: ReadWriteOnce}}}",
                        "its shared volume takes one node",
                        "ReadWriteMany"),
                bad(
                        "",
                        "services: {gateway: {env: {SERVER_PORT: 9}}}",
                        "services.gateway.env.SERVER_PORT is set by the chart"),
                bad("", "defaults: {env: {WEIR_STATEDIRECTORY: /x}}", "env.WEIR_STATEDIRECTORY is set by the chart"),
                bad(
                        "",
                        "services: {billing: {env: {WEIR_STRIPE_APIKEY: abc}}}",
                        "would put a secret into the pod's description",
                        "valueFrom.secretKeyRef"),
                bad("", "services: {ledger: {enabled: true}}", "services.ledger has no wiring"),
                bad("", "services: {gateway: {wiring: {stores: [kafka, mysql]}}}", "names mysql"),
                bad("", "external: {redis: {peers: []}}", "nothing says where redis is", "external.redis.peers"),
                bad(
                        "small",
                        "services: {chaos: {enabled: true}}",
                        "chaos-service is on in profile small",
                        "chaos.allow=true"),
                bad(
                        "small",
                        "secretSetup: {storePasswords: true}",
                        "would make up passwords",
                        "secretSetup.storePasswords=false"),
                bad(
                        "small",
                        "external: {kafka: {replicationFactor: 1}}",
                        "can lose billed usage",
                        "replicationFactor to 3"),
                bad(
                        "small",
                        "external: {postgres: {host: weir-eval-postgres}}",
                        "the evaluation's postgres",
                        "external.postgres.host"),
                bad(
                        "",
                        "external: {postgres: {pooler: {mode: transaction}}}",
                        "a pooler is asked for",
                        "external.postgres.pooler.host"),
                bad(
                        "small",
                        "external: {kafka: {acls: {mode: strimzi}}}",
                        "Strimzi needs to know",
                        "external.kafka.acls.cluster"),
                bad(
                        "",
                        "external: {kafka: {acls: {mode: list}}}",
                        "nobody logs in to Kafka",
                        "external.kafka.sasl.mechanism"),
                bad(
                        "",
                        "external: {providers: {azure: {dialect: openai, keyless: true}}}",
                        "provider azure has no address"),
                bad("", "ingress: {enabled: true}", "an Ingress without hosts", "ingress.hosts"),
                bad("", "httpRoute: {enabled: true}", "an HTTPRoute without a Gateway", "httpRoute.parentRefs"),
                bad(
                        "",
                        "ingress: {enabled: true, hosts: [a.example.com]}\n"
                                + "gateway: {tls: {enabled: true, existingSecret: t}}",
                        "a gateway that refuses it",
                        "gateway.tls.plainHttp=everybody"),
                bad(
                        "",
                        "upgrade: {previousVersion: 5.0.0}",
                        "older than what is installed (5.0.0)",
                        "helm/UPGRADING.md"),
                bad(
                        "",
                        "upgrade: {previousVersion: 0.1.0, previousClaims: [orchestration]}\n"
                                + "services: {orchestration: {state: {persistent: false}}}",
                        "would take the volume of services.orchestration away",
                        "helm/UPGRADING.md, Volumes"),
                bad(
                        "",
                        "upgrade: {previousVersion: 0.1.0, previousClaims: [orchestration]}\n"
                                + "services: {orchestration: {enabled: false}}",
                        "would take the volume of services.orchestration away"));
    }

    @ParameterizedTest
    @MethodSource("bad")
    void whatDoesNotFitTogetherIsRefusedWithASentence(String profile, String values, String... parts) {
        assertThatThrownBy(() -> new Chart("weir", profile, values).text())
                .message()
                .contains("The values of weir do not fit together")
                .contains(parts)
                .containsPattern("see helm/(README|UPGRADING)\\.md");
    }

    @Test
    void allThatIsWrongIsSaidAtOnce() {
        assertThatThrownBy(() -> Chart.with("ingress: {enabled: true}\nhttpRoute: {enabled: true}")
                        .text())
                .hasMessageContaining("an Ingress without hosts")
                .hasMessageContaining("an HTTPRoute without a Gateway");
    }

    @Test
    void aFaultOfAServiceThatIsOffDoesNotMatter() {
        assertThat(Chart.with("services: {billing: {enabled: false, state: {persistent: true}}}")
                        .text())
                .contains("kind: Deployment");
    }

    @Test
    void chaosInProductionIsPossibleForWhoeverMeansIt() {
        assertThat(new Chart(
                                "weir",
                                "small",
                                "services: {chaos: {enabled: true, replicas: 1}}\nchaos: {allow: true}\n"
                                        + "secrets: {kafka-chaos: {existingSecret: {name: weir-kafka}}}")
                        .render()
                        .find("Deployment", "weir-chaos"))
                .isPresent();
    }

    @Test
    void theSameVersionAgainIsFine() {
        assertThat(Chart.with("upgrade: {previousVersion: 0.1.0, previousClaims: [orchestration]}")
                        .text())
                .contains("kind: StatefulSet");
    }
}
