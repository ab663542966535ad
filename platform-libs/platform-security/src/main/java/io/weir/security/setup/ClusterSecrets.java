package io.weir.security.setup;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jose4j.json.JsonUtil;
import org.jose4j.lang.JoseException;

/// The Secrets of one namespace, through the API of Kubernetes. Blocks; throws [IOException] with the API's reason.
final class ClusterSecrets {

    private static final Path ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final Map<String, String> LABELS =
            Map.of("app.kubernetes.io/part-of", "weir", "app.kubernetes.io/managed-by", "weir-secret-setup");

    private final HttpClient client;
    private final URI secrets;
    private final String token;

    ClusterSecrets(HttpClient client, URI api, String namespace, String token) {
        this.client = client;
        this.secrets = api.resolve("/api/v1/namespaces/" + namespace + "/secrets");
        this.token = token;
    }

    /// As the pod's own account.
    static ClusterSecrets ofThisPod() throws IOException {
        String host = System.getenv("KUBERNETES_SERVICE_HOST");
        if (host == null) {
            throw new IOException("KUBERNETES_SERVICE_HOST is not set; this program runs in a pod");
        }
        String address = host.contains(":") ? "[" + host + "]" : host;
        URI api = URI.create("https://" + address + ":" + System.getenv("KUBERNETES_SERVICE_PORT"));
        HttpClient client = HttpClient.newBuilder()
                .connectTimeout(PATIENCE)
                .sslContext(trusting(ACCOUNT.resolve("ca.crt")))
                .build();
        return new ClusterSecrets(
                client,
                api,
                Files.readString(ACCOUNT.resolve("namespace")).strip(),
                Files.readString(ACCOUNT.resolve("token")).strip());
    }

    private static SSLContext trusting(Path authorities) throws IOException {
        try (InputStream pem = Files.newInputStream(authorities)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                store.setCertificateEntry("ca" + number++, one);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException unusable) {
            throw new IOException(authorities + " holds no certificates", unusable);
        }
    }

    /// What is in a Secret, empty where there is none of that name.
    Optional<Map<String, String>> read(String name) throws IOException, InterruptedException {
        HttpResponse<String> answer = send(request("/" + name).GET());
        if (answer.statusCode() == NOT_FOUND) {
            return Optional.empty();
        }
        require(answer, name);
        try {
            Map<String, String> plain = new TreeMap<>();
            if (JsonUtil.parseJson(answer.body()).get("data") instanceof Map<?, ?> data) {
                data.forEach((key, value) -> plain.put(
                        key.toString(),
                        new String(Base64.getDecoder().decode(value.toString()), StandardCharsets.UTF_8)));
            }
            return Optional.of(plain);
        } catch (JoseException malformed) {
            throw new IOException("the answer about Secret " + name + " is no JSON", malformed);
        }
    }

    /// False where there is one of that name already, which stays as it is.
    boolean create(String name, Map<String, String> content) throws IOException, InterruptedException {
        Map<String, Object> secret = new TreeMap<>();
        secret.put("apiVersion", "v1");
        secret.put("kind", "Secret");
        secret.put("type", "Opaque");
        secret.put("metadata", Map.of("name", name, "labels", LABELS));
        secret.put("data", encoded(content));
        HttpResponse<String> answer = send(request("")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(JsonUtil.toJson(secret))));
        if (answer.statusCode() == CONFLICT) {
            return false;
        }
        require(answer, name);
        return true;
    }

    /// Puts these beside what is there.
    void add(String name, Map<String, String> content) throws IOException, InterruptedException {
        HttpResponse<String> answer = send(request("/" + name)
                .header("Content-Type", "application/merge-patch+json")
                .method(
                        "PATCH",
                        HttpRequest.BodyPublishers.ofString(JsonUtil.toJson(Map.of("data", encoded(content))))));
        require(answer, name);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(secrets + path))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + token)
                .header("Accept", "application/json");
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static Map<String, String> encoded(Map<String, String> content) {
        Map<String, String> encoded = new TreeMap<>();
        content.forEach((key, value) ->
                encoded.put(key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
        return encoded;
    }

    // The API's reason, which names what is forbidden; never what was sent.
    private static void require(HttpResponse<String> answer, String name) throws IOException {
        if (answer.statusCode() / 100 == 2) {
            return;
        }
        String reason = "";
        try {
            reason = String.valueOf(JsonUtil.parseJson(answer.body()).get("message"));
        } catch (JoseException malformed) {
            reason = "no reason was given";
        }
        throw new IOException("Secret " + name + ": the cluster answered " + answer.statusCode() + ": " + reason);
    }
}
