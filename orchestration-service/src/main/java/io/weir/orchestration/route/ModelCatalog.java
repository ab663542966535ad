package io.weir.orchestration.route;

import io.weir.orchestration.dialect.RoutingWishes;
import io.weir.orchestration.provider.Provider;
import io.weir.orchestration.provider.Providers;
import io.weir.pricing.PriceList;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.snapshots.catalog.PriceBookSnapshot.Model;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The models that have prices and a provider that is set up. Follows the price books: a tenant's own stand
/// before everybody's. Safe for many threads.
public final class ModelCatalog {

    /// Stands for a model that we choose.
    public static final String AUTO = "auto";

    private static final String CHAT = "chat";
    private static final String EMBEDDING = "embedding";
    private static final String MODERATION = "moderation";

    private final Providers providers;
    private final InstantSource clock;

    // By book id; the first book that knows a model prices it, in order of ids.
    private final Map<String, PriceList> books = new ConcurrentHashMap<>();
    private volatile List<PriceList> lists = List.of();
    private volatile Map<TenantId, List<PriceList>> own = Map.of();

    public ModelCatalog(SnapshotTable<PriceBookSnapshot> table, Providers providers, InstantSource clock) {
        this(providers, clock);
        table.onChange(change -> follow(change.key(), change.value()));
    }

    /// Without books, until it is told of some.
    ModelCatalog(Providers providers, InstantSource clock) {
        this.providers = providers;
        this.clock = clock;
    }

    void follow(String id, @Nullable PriceBookSnapshot book) {
        if (book == null) {
            books.remove(id);
        } else {
            books.put(id, new PriceList(book));
        }
        List<PriceList> inOrder = books.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(Map.Entry::getValue)
                .toList();
        lists = inOrder.stream().filter(list -> list.owner().isEmpty()).toList();
        own = inOrder.stream()
                .filter(list -> list.owner().isPresent())
                .collect(Collectors.groupingBy(list -> list.owner().orElseThrow()));
    }

    // Those that price the tenant's calls, its own first.
    private Stream<PriceList> lists(TenantSnapshot tenant) {
        return Stream.concat(own.getOrDefault(tenant.tenantId(), List.of()).stream(), lists.stream());
    }

    /// The model that the call names, or the tenant's default; may be `auto`. Throws a 400 where there is
    /// neither.
    public String wanted(@Nullable String named, TenantSettings settings) {
        String wanted = named == null ? settings.models().defaultModel() : named;
        if (wanted == null) {
            throw PlatformException.invalid(
                    "model",
                    "Missing required parameter: 'model'. Name one of GET /v1/models; this tenant has no default.");
        }
        return wanted;
    }

    /// The model of that name, whatever it is for, if the tenant may use it.
    public Optional<Route> find(String name, TenantSnapshot tenant) {
        return offered(name, tenant)
                .filter(route -> against(route, tenant).isEmpty())
                .findFirst();
    }

    // Also those that the tenant's settings for routing rule out.
    private Stream<Route> offered(String name, TenantSnapshot tenant) {
        return Stream.of(CHAT, EMBEDDING, MODERATION)
                .filter(mode -> isAllowed(name, tenant))
                .flatMap(mode -> offered(mode, name, name, "explicit", lists(tenant)).stream());
    }

    private Optional<String> against(Route route, TenantSnapshot tenant) {
        return Fence.of(tenant.settings().preferences()).against(route, Demand.text(), clock.instant());
    }

    /// Wherever the model of that name makes embeddings for the tenant: at each provider once, as the wishes of both
    /// put them, else in order of the books. Throws a 4xx that names the wishes where they leave none.
    ///
    /// @param promptBound tokens that the input has at most
    public List<Route> embeddings(
            String name, String reason, TenantSnapshot tenant, RoutingWishes asked, long promptBound) {
        return ordered(EMBEDDING, name, reason, tenant, asked, Demand.embedding(promptBound));
    }

    /// The same of a model that makes moderations.
    public List<Route> moderations(String name, String reason, TenantSnapshot tenant, RoutingWishes asked) {
        return ordered(MODERATION, name, reason, tenant, asked, Demand.moderation());
    }

    private List<Route> ordered(
            String mode, String name, String reason, TenantSnapshot tenant, RoutingWishes asked, Demand demand) {
        List<Route> offered =
                isAllowed(name, tenant) ? offered(mode, name, name, reason, lists(tenant)) : List.<Route>of();
        Instant now = clock.instant();
        List<Route> left = Fences.of(tenant.settings(), asked).within(offered, route -> demand, now);
        return PlainOrder.of(tenant.settings(), asked, demand, now).among(left);
    }

    /// Wherever the chat model of that name is sold to the tenant: at each provider once, in order of the
    /// books. Also where a [Fence] rules it out.
    List<Route> routes(String name, String requested, String reason, TenantSnapshot tenant) {
        return isAllowed(name, tenant) ? offered(CHAT, name, requested, reason, lists(tenant)) : List.of();
    }

    /// Wherever any chat model is sold to the tenant, by name. Also where a [Fence] rules it out.
    List<Route> all(TenantSnapshot tenant) {
        return names(lists(tenant))
                .filter(name -> isAllowed(name, tenant))
                .flatMap(name -> offered(CHAT, name, AUTO, AUTO, lists(tenant)).stream())
                .toList();
    }

    private List<Route> offered(String mode, String name, String requested, String reason, Stream<PriceList> among) {
        List<Route> routes = new ArrayList<>();
        for (PriceList prices : among.toList()) {
            Model model = prices.model(name).orElse(null);
            Provider provider =
                    model == null ? null : providers.find(model.provider()).orElse(null);
            if (model != null
                    && provider != null
                    && canBeSold(prices, model, mode)
                    && routes.stream().noneMatch(route -> route.provider().equals(provider))) {
                routes.add(new Route(model, provider, prices, requested, reason));
            }
        }
        return routes;
    }

    /// The model of that name with its prices, whoever may use it and whether or not its provider is set up.
    public Optional<Baseline> baseline(String name, TenantSnapshot tenant) {
        return lists(tenant)
                .flatMap(prices -> prices
                        .model(name)
                        .filter(model -> canBeSold(prices, model, CHAT))
                        .map(model -> new Baseline(model, prices))
                        .stream())
                .findFirst();
    }

    /// Whether a chat model of that name is sold to the tenant.
    public boolean chats(String name, TenantSnapshot tenant) {
        return !routes(name, name, "explicit", tenant).isEmpty();
    }

    /// The chat model of that provider that the tenant may use and that writes a token for the least.
    public Optional<Route> cheapest(String provider, TenantSnapshot tenant) {
        Instant now = clock.instant();
        return all(tenant).stream()
                .filter(route -> route.provider().name().equals(provider))
                .min(Comparator.comparing(route ->
                        route.prices().ceiling(route.model(), 1, 1, now).orElseThrow()));
    }

    /// The providers that sell any chat model here, by name.
    public List<String> providers() {
        return names(lists.stream())
                .flatMap(name -> offered(CHAT, name, name, "explicit", lists.stream()).stream())
                .map(route -> route.provider().name())
                .distinct()
                .sorted()
                .toList();
    }

    private static Stream<String> names(Stream<PriceList> among) {
        return among.flatMap(prices -> prices.models().stream())
                .map(Model::model)
                .distinct()
                .sorted();
    }

    /// All that the tenant may use, by name.
    public List<Model> models(TenantSnapshot tenant) {
        return names(lists(tenant))
                .flatMap(name -> find(name, tenant).stream())
                .map(Route::model)
                .toList();
    }

    private boolean canBeSold(PriceList prices, Model model, String mode) {
        long output = mode.equals(CHAT) ? 1 : 0;
        return model.mode().equals(mode)
                && prices.ceiling(model, 1, output, clock.instant()).isPresent();
    }

    private static boolean isAllowed(String name, TenantSnapshot tenant) {
        List<String> allowed = tenant.settings().models().allowed();
        return allowed.isEmpty() || allowed.contains(name);
    }

    /// For a model that is not there, or is for another route: a 404 that names what may have been meant, or a
    /// 400 that names the route.
    public PlatformException unknown(String name, TenantSnapshot tenant) {
        Optional<Route> other = find(name, tenant);
        if (other.isPresent()) {
            return PlatformException.invalid("model", name + elsewhere(other.get()));
        }
        Optional<Route> ruledOut = offered(name, tenant).findFirst();
        if (ruledOut.isPresent()) {
            return PlatformException.of(
                    ProblemType.MODEL_NOT_FOUND,
                    "model",
                    "This tenant's " + against(ruledOut.get(), tenant).orElse("settings") + " rules out "
                            + ruledOut.get().place() + ". See GET /v1/models, or ask your administrator.");
        }
        List<String> nearest =
                NearestNames.of(name, models(tenant).stream().map(Model::model).toList());
        String hint = nearest.isEmpty()
                ? "See GET /v1/models."
                : "Did you mean " + String.join(" or ", nearest) + "? See GET /v1/models.";
        return PlatformException.of(
                ProblemType.MODEL_NOT_FOUND,
                "model",
                "The model '" + shortened(name) + "' does not exist, or this tenant may not use it. " + hint);
    }

    private static String elsewhere(Route other) {
        return switch (other.model().mode()) {
            case EMBEDDING -> " makes embeddings. Call POST /v1/embeddings.";
            case MODERATION -> " makes moderations. Call POST /v1/moderations.";
            default -> " is for chat. Call POST /v1/chat/completions.";
        };
    }

    private static String shortened(String name) {
        return name.length() > 100 ? name.substring(0, 100) + "..." : name;
    }
}
