package io.weir.billing.pricebook;

import io.weir.billing.pricebook.PriceBookFile.DiscountEntry;
import io.weir.billing.pricebook.PriceBookFile.FamilyEntry;
import io.weir.billing.pricebook.PriceBookFile.HoursEntry;
import io.weir.billing.pricebook.PriceBookFile.ModelEntry;
import io.weir.billing.pricebook.PriceBookFile.PriceEntry;
import io.weir.money.Meter;
import io.weir.money.Rate;
import io.weir.snapshots.catalog.DailyHours;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.snapshots.catalog.PriceBookSnapshot.Model;
import io.weir.snapshots.catalog.PriceBookSnapshot.Rule;
import io.weir.tenancy.TenantId;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Turns a file's entries into models and rules, collecting every fault on the way. For one file; not for
/// threads.
final class PriceBookCheck {

    private static final Set<String> MODES = Set.of("chat", "responses", "embedding", "moderation");
    private static final Set<String> TIERS = Set.of("standard", "batch", "flex", "priority");

    private final String file;
    private final List<String> faults = new ArrayList<>();
    private final List<Model> models = new ArrayList<>();
    private final List<Rule> rules = new ArrayList<>();

    PriceBookCheck(String file) {
        this.file = file;
    }

    Terms checked(PriceBookFile book) {
        String id = text("id", book.id());
        String source = text("source", book.source());
        LocalDate observedAt = parsed("observedAt", book.observedAt(), LocalDate::parse, "an ISO date");
        TenantId tenant =
                book.tenant() == null ? null : parsed("tenant", book.tenant(), TenantId::of, "a tenant's id, a UUID");
        List<Discount> discounts = discounts(book);
        models(book.models() == null ? List.of() : book.models(), discounts.isEmpty());
        families(book.families() == null ? List.of() : book.families());
        models.forEach(this::demandPrices);
        if (book.tenant() == null && (book.parent() != null || book.discounts() != null)) {
            fault("parent", "only a tenant's book has a parent and discounts (expected: tenant)");
        }
        if (book.parent() == null && !discounts.isEmpty()) {
            fault("discounts", "nothing to take them from (expected: parent)");
        }
        faults.addAll(Overlaps.in(rules));
        if (!faults.isEmpty()) {
            throw new InvalidPriceBookException(file, faults);
        }
        PriceBookSnapshot own =
                new PriceBookSnapshot(id, source, Objects.requireNonNull(observedAt), models, rules, 0, tenant);
        return new Terms(own, book.parent(), discounts);
    }

    private void models(List<ModelEntry> entries, boolean demanded) {
        if (entries.isEmpty() && demanded) {
            fault("models", "none (expected: at least one)");
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < entries.size(); i++) {
            ModelEntry entry = entries.get(i);
            String place = "models[" + i + "] (" + entry.provider() + "/" + entry.model() + ")";
            if (!names.add(String.valueOf(entry.model()))) {
                fault(place, "named twice (expected: each model once)");
            }
            model(place, entry);
        }
    }

    private List<Discount> discounts(PriceBookFile book) {
        List<DiscountEntry> entries = book.discounts() == null ? List.of() : book.discounts();
        List<Discount> discounts = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            discount("discounts[" + i + "]", entries.get(i)).ifPresent(discounts::add);
        }
        return discounts;
    }

    private Optional<Discount> discount(String place, DiscountEntry entry) {
        BigDecimal percent = parsed(place + ".percent", entry.percent(), PriceBookCheck::percent, "above 0, up to 100");
        Meter meter = entry.meter() == null ? null : parsed(place + ".meter", entry.meter(), Meter::of, "a meter");
        Instant from = parsed(place + ".effectiveFrom", entry.effectiveFrom(), Instant::parse, "an ISO instant");
        Instant to = entry.effectiveTo() == null
                ? null
                : parsed(place + ".effectiveTo", entry.effectiveTo(), Instant::parse, "an ISO instant");
        if (from != null && to != null && !to.isAfter(from)) {
            fault(place + ".effectiveTo", to + " (expected: after effectiveFrom, " + from + ")");
        }
        return percent == null || from == null
                ? Optional.empty()
                : Optional.of(new Discount(entry.provider(), entry.model(), meter, percent, from, to));
    }

    private static BigDecimal percent(String text) {
        BigDecimal percent = new BigDecimal(text);
        if (percent.signum() <= 0 || percent.compareTo(BigDecimal.valueOf(100)) > 0) {
            throw new IllegalArgumentException(text);
        }
        return percent;
    }

    private void model(String place, ModelEntry entry) {
        String provider = text(place + ".provider", entry.provider());
        String name = text(place + ".model", entry.model());
        String mode = oneOf(place + ".mode", entry.mode(), MODES);
        LocalDate released = parsed(place + ".released", entry.released(), LocalDate::parse, "an ISO date");
        text(place + ".source", entry.source());
        if (entry.contextWindow() <= 0) {
            fault(place + ".contextWindow", entry.contextWindow() + " (expected: > 0)");
        }
        if (entry.maxOutputTokens() < 0 || (entry.maxOutputTokens() == 0 && generates(mode))) {
            fault(
                    place + ".maxOutputTokens",
                    entry.maxOutputTokens() + " (expected: > 0; 0 for embeddings and moderations)");
        }
        if (released != null) {
            long created = released.atStartOfDay(ZoneOffset.UTC).toEpochSecond();
            models.add(new Model(provider, name, mode, entry.contextWindow(), entry.maxOutputTokens(), created));
        }
        List<PriceEntry> prices = entry.prices() == null ? List.of() : entry.prices();
        for (int i = 0; i < prices.size(); i++) {
            price(place + ".prices[" + i + "]", provider, name, prices.get(i));
        }
    }

    private void families(List<FamilyEntry> entries) {
        OwnPrices own = new OwnPrices(rules);
        for (int i = 0; i < entries.size(); i++) {
            FamilyEntry entry = entries.get(i);
            String place = "families[" + i + "]";
            String provider = text(place + ".provider", entry.provider());
            Pattern names = ModelNames.pattern(text(place + ".models", entry.models()));
            List<Model> members = models.stream()
                    .filter(model -> model.provider().equals(provider)
                            && names.matcher(model.model()).matches())
                    .toList();
            if (members.isEmpty()) {
                fault(place + ".models", "'" + entry.models() + "' (expected: names of models of the file)");
            }
            List<PriceEntry> prices = entry.prices() == null ? List.of() : entry.prices();
            for (int price = 0; price < prices.size(); price++) {
                family(place + ".prices[" + price + "]", members, prices.get(price), own);
            }
        }
    }

    private void family(String place, List<Model> members, PriceEntry prices, OwnPrices own) {
        for (Model member : members) {
            int before = rules.size();
            int faulty = faults.size();
            price(place, member.provider(), member.model(), prices);
            List<Rule> told = rules.subList(before, rules.size());
            List<Rule> left =
                    told.stream().flatMap(rule -> own.leave(rule).stream()).toList();
            told.clear();
            rules.addAll(left);
            if (faults.size() > faulty) {
                return;
            }
        }
    }

    private void demandPrices(Model model) {
        demandPrice(model, model.mode().equals("moderation") ? Meter.REQUEST : Meter.TEXT_IN);
        if (generates(model.mode())) {
            demandPrice(model, Meter.TEXT_OUT);
        }
    }

    // A model that can be called but not priced would be given away.
    private void demandPrice(Model model, Meter meter) {
        boolean found = rules.stream()
                .anyMatch(rule -> rule.provider().equals(model.provider())
                        && rule.model().equals(model.model())
                        && rule.meter() == meter
                        && rule.serviceTier().equals("standard")
                        && rule.contextOver() == 0
                        && rule.hours() == null);
        if (!found) {
            fault(
                    model.provider() + "/" + model.model(),
                    "no standard price for " + meter.wireName() + " (expected: one without contextOver and hours)");
        }
    }

    private void price(String place, String provider, String model, PriceEntry entry) {
        Instant from = parsed(place + ".effectiveFrom", entry.effectiveFrom(), Instant::parse, "an ISO instant");
        Instant to = entry.effectiveTo() == null
                ? null
                : parsed(place + ".effectiveTo", entry.effectiveTo(), Instant::parse, "an ISO instant");
        String tier =
                entry.serviceTier() == null ? "standard" : oneOf(place + ".serviceTier", entry.serviceTier(), TIERS);
        if (entry.contextOver() < 0) {
            fault(place + ".contextOver", entry.contextOver() + " (expected: >= 0)");
        }
        if (from != null && to != null && !to.isAfter(from)) {
            fault(place + ".effectiveTo", to + " (expected: after effectiveFrom, " + from + ")");
        }
        if (from == null || (isEmpty(entry.perMillion()) && isEmpty(entry.perUnit()))) {
            fault(place, "no prices (expected: effectiveFrom, and perMillion or perUnit)");
            return;
        }
        DailyHours hours = entry.hours() == null ? null : hours(place + ".hours", entry.hours());
        if (hours == null && entry.hours() != null) {
            return;
        }
        Shared shared = new Shared(provider, model, tier, entry.contextOver(), hours, from, to);
        rates(place + ".perMillion", shared, entry.perMillion(), Rate::perMillion);
        rates(place + ".perUnit", shared, entry.perUnit(), Rate::of);
    }

    private @Nullable DailyHours hours(String place, HoursEntry entry) {
        LocalTime from = parsed(place + ".from", entry.from(), LocalTime::parse, "an ISO time such as 16:30");
        LocalTime to = parsed(place + ".to", entry.to(), LocalTime::parse, "an ISO time such as 16:30");
        ZoneId zone = entry.zone() == null
                ? ZoneOffset.UTC
                : parsed(place + ".zone", entry.zone(), ZoneId::of, "an IANA zone such as Europe/Berlin");
        if (from == null || to == null || zone == null) {
            return null;
        }
        if (from.equals(to)) {
            fault(place + ".to", to + " (expected: another time than from)");
            return null;
        }
        return new DailyHours(from, to, zone);
    }

    private void rates(
            String place, Shared terms, @Nullable Map<String, JsonNode> prices, Function<String, Rate> reading) {
        if (prices == null) {
            return;
        }
        prices.forEach((word, price) ->
                rate(place + "." + word, terms, word, price, reading).ifPresent(rules::add));
    }

    private Optional<Rule> rate(
            String place, Shared terms, String word, JsonNode price, Function<String, Rate> reading) {
        try {
            if (!price.isString()) {
                // A JSON number may have been through floating point on its way into the file.
                throw new IllegalArgumentException(price + " (expected: a decimal string)");
            }
            return Optional.of(terms.rule(Meter.of(word), reading.apply(price.stringValue())));
        } catch (IllegalArgumentException refused) {
            fault(place, String.valueOf(refused.getMessage()));
            return Optional.empty();
        }
    }

    private String text(String place, @Nullable String value) {
        if (value == null || value.isBlank()) {
            fault(place, "missing (expected: a text)");
            return "";
        }
        return value;
    }

    private String oneOf(String place, @Nullable String value, Set<String> known) {
        if (value == null || !known.contains(value)) {
            fault(
                    place,
                    "'" + value + "' (expected one of: "
                            + known.stream().sorted().toList() + ")");
            return "";
        }
        return value;
    }

    private <T> @Nullable T parsed(String place, @Nullable String value, Function<String, T> parse, String expected) {
        try {
            if (value != null) {
                return parse.apply(value);
            }
        } catch (DateTimeException | IllegalArgumentException unreadable) {
            // Told below, together with a missing one.
        }
        fault(place, "'" + value + "' (expected: " + expected + ")");
        return null;
    }

    private void fault(String place, String what) {
        faults.add(place + ": " + what);
    }

    private static boolean generates(String mode) {
        return !mode.equals("embedding") && !mode.equals("moderation");
    }

    private static boolean isEmpty(@Nullable Map<String, ?> prices) {
        return prices == null || prices.isEmpty();
    }

    /// What the rules of one entry share.
    private record Shared(
            String provider,
            String model,
            String tier,
            long contextOver,
            @Nullable DailyHours hours,
            Instant from,
            @Nullable Instant to) {

        Rule rule(Meter meter, Rate rate) {
            return new Rule(
                    RuleIds.of(provider, model, meter, tier, contextOver, hours, from),
                    provider,
                    model,
                    meter,
                    rate,
                    tier,
                    contextOver,
                    from,
                    to,
                    hours);
        }
    }
}
