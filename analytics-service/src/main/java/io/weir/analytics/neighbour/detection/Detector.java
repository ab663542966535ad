package io.weir.analytics.neighbour.detection;

import io.weir.analytics.neighbour.detection.Finding.Victim;
import io.weir.analytics.neighbour.detection.Use.Usual;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The rule: a tenant is noisy at a resource when it takes several times its fair share, has grown to that, and
/// others, who take no more than theirs, are worse off than usual at the same time. Much use alone harms nobody; slow
/// answers alone are the provider's.
///
/// The fair share is the tenant's weight among those who want the resource in the window.
public final class Detector {

    private static final Comparator<Finding> ORDER = Comparator.comparing(
                    (Finding finding) -> finding.resource().name())
            .thenComparing(finding -> finding.tenant().value());

    private final Thresholds thresholds;

    public Detector(Thresholds thresholds) {
        this.thresholds = thresholds;
    }

    /// Whatever the order of what was measured, the same findings in the same order.
    ///
    /// @param window one for each tenant and resource
    public List<Finding> detect(Collection<Use> window) {
        Map<SharedResource, List<Use>> byResource =
                window.stream().filter(Use::isActive).collect(Collectors.groupingBy(Use::resource));
        List<Finding> findings = new ArrayList<>();
        byResource.values().forEach(uses -> findings.addAll(at(uses)));
        findings.sort(ORDER);
        return findings;
    }

    private List<Finding> at(List<Use> uses) {
        // In one order, so that rounding is the same however they came.
        List<Use> inOrder = uses.stream()
                .sorted(Comparator.comparing(use -> use.tenant().value()))
                .toList();
        double units = inOrder.stream().mapToLong(Use::units).sum();
        double weights = inOrder.stream().mapToDouble(Use::weight).sum();
        if (units == 0) {
            return List.of();
        }
        List<Victim> victims = inOrder.stream()
                .filter(use -> ratio(use, units, weights) <= 1)
                .map(this::victim)
                .filter(victim -> victim.late() || victim.refused())
                .toList();
        if (victims.isEmpty()) {
            return List.of();
        }
        return inOrder.stream()
                .filter(use -> ratio(use, units, weights) >= thresholds.share())
                .filter(use -> use.calls() + use.refused() >= thresholds.calls())
                .filter(this::hasGrown)
                .map(use -> new Finding(use.tenant(), use.resource(), ratio(use, units, weights), victims))
                .toList();
    }

    private static double ratio(Use use, double units, double weights) {
        return (use.units() / units) / (use.weight() / weights);
    }

    // Who always took as much, when nobody suffered, is not why they suffer now.
    private boolean hasGrown(Use use) {
        Usual usual = use.usual();
        return usual == null || use.units() >= thresholds.growth() * usual.unitsPerWindow();
    }

    private Victim victim(Use use) {
        return new Victim(use, isLate(use), isRefused(use));
    }

    private boolean isLate(Use use) {
        Usual usual = use.usual();
        return usual != null
                && use.calls() >= thresholds.victimCalls()
                && usual.calls() >= thresholds.usualCalls()
                && use.p95Millis() >= thresholds.slowdown() * usual.p95Millis()
                && use.p95Millis() - usual.p95Millis() >= thresholds.delay().toMillis();
    }

    private boolean isRefused(Use use) {
        Usual usual = use.usual();
        double before = usual == null ? 0 : share(usual.refused(), usual.calls());
        return use.refused() >= thresholds.refusals()
                && share(use.refused(), use.calls()) - before >= thresholds.refusedShare();
    }

    private static double share(long refused, long answered) {
        return refused == 0 ? 0 : (double) refused / (refused + answered);
    }
}
