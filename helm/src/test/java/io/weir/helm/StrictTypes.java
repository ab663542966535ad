package io.weir.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.scheduling.v1.PriorityClass;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads an object into its Kubernetes type and names every field that the type does not have. The types themselves
/// take whatever they do not know.
final class StrictTypes {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Map<String, Class<?>> TYPES = Map.ofEntries(
            Map.entry("v1/ConfigMap", ConfigMap.class),
            Map.entry("v1/PersistentVolumeClaim", PersistentVolumeClaim.class),
            Map.entry("v1/Pod", Pod.class),
            Map.entry("v1/ResourceQuota", ResourceQuota.class),
            Map.entry("v1/Secret", Secret.class),
            Map.entry("v1/Service", Service.class),
            Map.entry("v1/ServiceAccount", ServiceAccount.class),
            Map.entry("apps/v1/Deployment", Deployment.class),
            Map.entry("apps/v1/StatefulSet", StatefulSet.class),
            Map.entry("autoscaling/v2/HorizontalPodAutoscaler", HorizontalPodAutoscaler.class),
            Map.entry("batch/v1/Job", Job.class),
            Map.entry("gateway.networking.k8s.io/v1/HTTPRoute", HTTPRoute.class),
            Map.entry("networking.k8s.io/v1/Ingress", Ingress.class),
            Map.entry("networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class),
            Map.entry("policy/v1/PodDisruptionBudget", PodDisruptionBudget.class),
            Map.entry("rbac.authorization.k8s.io/v1/Role", Role.class),
            Map.entry("rbac.authorization.k8s.io/v1/RoleBinding", RoleBinding.class),
            Map.entry("scheduling.k8s.io/v1/PriorityClass", PriorityClass.class));

    /// Kinds of other projects, for which there is no type here; their tests look at their fields.
    private static final Set<String> UNTYPED = Set.of(
            "keda.sh/v1alpha1/ScaledObject",
            "cilium.io/v2/CiliumNetworkPolicy",
            "kafka.strimzi.io/v1beta2/KafkaUser",
            "monitoring.coreos.com/v1/PrometheusRule",
            "monitoring.coreos.com/v1/ServiceMonitor");

    private StrictTypes() {}

    /// Paths of the unknown fields of an object; of a kind that is not known at all, its name.
    static List<String> unknownFields(JsonNode object) {
        String kind =
                object.path("apiVersion").asText() + "/" + object.path("kind").asText();
        Class<?> type = TYPES.get(kind);
        if (type == null) {
            return UNTYPED.contains(kind) ? List.of() : List.of("kind " + kind);
        }
        List<String> unknown = new ArrayList<>();
        walk(JSON.convertValue(object, type), kind, unknown);
        return unknown;
    }

    private static void walk(@Nullable Object value, String path, List<String> unknown) {
        switch (value) {
            case null -> {}
            case Collection<?> all -> all.forEach(one -> walk(one, path + "[]", unknown));
            case Map<?, ?> map -> map.forEach((key, one) -> walk(one, path + "." + key, unknown));
            default -> {
                if (value.getClass().getName().startsWith("io.fabric8.")
                        && !value.getClass().isEnum()) {
                    walkFields(value, path, unknown);
                }
            }
        }
    }

    private static void walkFields(Object value, String path, List<String> unknown) {
        for (Method getter : value.getClass().getMethods()) {
            String name = getter.getName();
            if (!name.startsWith("get")
                    || name.equals("getClass")
                    || getter.getParameterCount() > 0
                    || Modifier.isStatic(getter.getModifiers())) {
                continue;
            }
            Object found = read(getter, value);
            if (name.equals("getAdditionalProperties") && found instanceof Map<?, ?> further) {
                further.keySet().forEach(key -> unknown.add(path + "." + key));
            } else {
                walk(found, path + "." + name.substring("get".length()), unknown);
            }
        }
    }

    private static @Nullable Object read(Method getter, Object value) {
        try {
            return getter.invoke(value);
        } catch (ReflectiveOperationException unreadable) {
            throw new IllegalStateException(getter + " of a model cannot be read", unreadable);
        }
    }
}
