package io.weir.orchestration.route;

import io.weir.orchestration.provider.Provider;
import io.weir.orchestration.provider.Providers;
import io.weir.pricing.PriceList;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.snapshots.catalog.PriceBookSnapshot.Model;
import io.weir.snapshots.catalog.TenantSettings;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The chat models that have prices and a provider that is set up. Follows the price books. Safe for many threads.
public final class ModelCatalog {

    private static final String AUTO = "auto";

    private final Providers providers;
    private final InstantSource clock;

    // By book id; the first book that knows a model prices it, in order of ids.
    private final Map<String, PriceList> books = new ConcurrentHashMap<>();
    private volatile List<PriceList> lists = List.of();

    public ModelCatalog(SnapshotTable<PriceBookSnapshot> table, Providers providers, InstantSource clock) {
        this.providers = providers;
        this.clock = clock;
        table.onChange(change -> follow(change.key(), change.value()));
    }

    private void follow(String id, @Nullable PriceBookSnapshot book) {
        if (book == null) {
            books.remove(id);
        } else {
            books.put(id, new PriceList(book));
        }
        lists = books.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(Map.Entry::getValue)
                .toList();
    }

    /// The route of the model that the call names, or of the tenant's default.
    /// Throws a 400 where there is neither, a 404 with the nearest names where the tenant has no such model.
    public Route route(@Nullable String named, TenantSettings settings) {
        String wanted = named == null ? settings.models().defaultModel() : named;
        if (wanted == null) {
            throw PlatformException.invalid(
                    "model",
                    "Missing required parameter: 'model'. Name one of GET /v1/models; this tenant has no default.");
        }
        return find(wanted, settings).orElseThrow(() -> unknown(wanted, settings));
    }

    /// The model of that name, if the tenant may use it.
    public Optional<Route> find(String name, TenantSettings settings) {
        return isAllowed(name, settings) ? offered(name) : Optional.empty();
    }

    private Optional<Route> offered(String name) {
        for (PriceList prices : lists) {
            Model model = prices.model(name).orElse(null);
            Provider provider =
                    model == null ? null : providers.find(model.provider()).orElse(null);
            if (model != null && provider != null && canBeSold(prices, model)) {
                return Optional.of(new Route(model, provider, prices, name, "explicit"));
            }
        }
        return Optional.empty();
    }

    /// All that the tenant may use, by name.
    public List<Model> models(TenantSettings settings) {
        return lists.stream()
                .flatMap(prices -> prices.models().stream())
                .map(Model::model)
                .distinct()
                .sorted()
                .flatMap(name -> find(name, settings).stream())
                .map(Route::model)
                .toList();
    }

    private boolean canBeSold(PriceList prices, Model model) {
        return model.mode().equals("chat")
                && prices.ceiling(model, 1, 1, clock.instant()).isPresent();
    }

    private static boolean isAllowed(String name, TenantSettings settings) {
        List<String> allowed = settings.models().allowed();
        return allowed.isEmpty() || allowed.contains(name);
    }

    /// A 404 that names what may have been meant.
    public PlatformException unknown(String name, TenantSettings settings) {
        if (name.equals(AUTO)) {
            return PlatformException.of(
                    ProblemType.MODEL_NOT_FOUND,
                    "model",
                    "Automatic routing is not offered yet. Name a model of GET /v1/models.");
        }
        List<String> nearest = NearestNames.of(
                name, models(settings).stream().map(Model::model).toList());
        String hint = nearest.isEmpty()
                ? "See GET /v1/models."
                : "Did you mean " + String.join(" or ", nearest) + "? See GET /v1/models.";
        return PlatformException.of(
                ProblemType.MODEL_NOT_FOUND,
                "model",
                "The model '" + shortened(name) + "' does not exist, or this tenant may not use it. " + hint);
    }

    private static String shortened(String name) {
        return name.length() > 100 ? name.substring(0, 100) + "..." : name;
    }
}
