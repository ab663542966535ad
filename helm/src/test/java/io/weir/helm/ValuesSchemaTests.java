package io.weir.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Closed for our own keys, open for what is other people's.
class ValuesSchemaTests {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "replica: 3",
                "image: {tags: x}",
                "region: {nam: x}",
                "defaults: {replicaz: 2}",
                "defaults: {resources: {limit: {}}}",
                "services: {gateway: {autoscalling: {}}}",
                "services: {gateway: {autoscaling: {hpa: {enable: true}}}}",
                "services: {gateway: {pdb: {minAvailabel: 1}}}",
                "services: {gateway: {topologySpread: {key: [x]}}}",
                "services: {gateway: {wiring: {call: [x]}}}",
                "gateway: {basedomain: x}",
                "gateway: {tls: {secret: x}}",
                "external: {postgresql: {}}",
                "external: {postgres: {hosts: x}}",
                "external: {kafka: {bootstrapServers: x}}",
                "external: {redis: {url: x}}",
                "external: {clickhouse: {url: x}}",
                "external: {providers: {openai: {apiKey: x}}}",
                "external: {stripe: {apiKey: x}}",
                "external: {objectStore: {secretKey: x}}",
                "services: {orchestration: {serviceAccount: {annotation: {}}}}",
                "secrets: {pasword: {value: x}}",
                "secrets: {redis: {existingsecret: {name: x}}}",
                "keys: {peper: {existingSecret: x}}",
                "secretSetup: {enable: true}",
                "databaseSetup: {user: x}",
                "migrations: {enable: true}",
                "hooks: {modes: helm}",
                "upgrade: {previous: x}",
                "networkPolicy: {enable: true}",
                "ingress: {host: x}",
                "httpRoute: {parents: []}",
                "monitoring: {serviceMonitors: {}}",
                "monitoring: {dashboards: {label: x}}",
                "priorityClasses: {class: {}}",
                "quotas: {hard: {}}",
                "test: {models: x}",
            })
    void aMisspeltKeyIsRefused(String values) {
        assertThatThrownBy(() -> Chart.with(values).text())
                .hasMessageContaining("values don't meet the specifications of the schema");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "profile: tiny",
                "defaults: {replicas: -1}",
                "defaults: {kind: DaemonSet}",
                "defaults: {state: {size: big}}",
                "external: {postgres: {port: 99999}}",
                "external: {kafka: {bootstrap: [kafka]}}",
                "external: {providers: {Open-AI: {baseUrl: https://x}}}",
                "external: {providers: {openai: {baseUrl: api.openai.com}}}",
                "external: {objectStore: {bucket: My_Bucket}}",
                "external: {objectStore: {prefix: files}}",
                "hooks: {mode: flux}",
                "services: {gateway: {image: {digest: latest}}}",
                "services: {gateway: {env: {A-B: x}}}",
                "services: {gateway: {env: {AB: [x]}}}",
                "httpRoute: {requestTimeout: never}",
            })
    void anImpossibleValueIsRefused(String values) {
        assertThatThrownBy(() -> Chart.with(values).text())
                .hasMessageContaining("values don't meet the specifications of the schema");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "global: {anything: {goes: here}}",
                "commonLabels: {team.example.com/name: x}",
                "defaults: {podAnnotations: {a.b/c: x}}",
                "services: {gateway: {podLabels: {x: y}}}",
                "services: {gateway: {env: {WEIR_GATEWAY_MAXHEADERS: 50}}}",
                "services: {gateway: {nodeSelector: {x: y}, tolerations: [{operator: Exists}]}}",
                "services: {gateway: {replicas: null}}",
                "ingress: {annotations: {x/y: z}}",
                "monitoring: {serviceMonitor: {labels: {release: prometheus}}}",
            })
    void whatIsOtherPeoplesIsOpen(String values) {
        assertThat(Chart.with(values).text()).contains("kind: Deployment");
    }
}
