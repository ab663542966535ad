package io.weir.billing.stripe.api;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.model.Customer;
import com.stripe.model.HasId;
import com.stripe.model.Invoice;
import com.stripe.model.InvoiceItem;
import com.stripe.model.StripeCollection;
import com.stripe.net.RequestOptions;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.CustomerListParams;
import com.stripe.param.CustomerSearchParams;
import com.stripe.param.InvoiceCreateParams;
import com.stripe.param.InvoiceFinalizeInvoiceParams;
import com.stripe.param.InvoiceItemCreateParams;
import com.stripe.param.InvoiceItemListParams;
import com.stripe.param.InvoiceListParams;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// The calls that billing makes to Stripe. Each runs on a thread that may block, ends in time, and fails with a
/// [StripeFailure] only. Calls that create carry an idempotency key. Safe for use by many.
public final class StripeApi {

    private static final long LARGEST_PAGE = 100;
    // Stripe's clock and the database's may differ; an hour is beyond any doubt.
    private static final Duration CLOCKS_APART = Duration.ofHours(1);

    private final StripeClient client;
    private final Duration longestCall;
    private final int daysUntilDue;
    private final MeterRegistry meters;

    StripeApi(StripeProperties properties, MeterRegistry meters) {
        this.client = StripeClient.builder()
                .setApiKey(properties.apiKey())
                .setApiBase(properties.baseUrl().toString())
                .setConnectTimeout(Math.toIntExact(properties.connectTimeout().toMillis()))
                .setReadTimeout(Math.toIntExact(properties.readTimeout().toMillis()))
                .setMaxNetworkRetries(properties.networkRetries())
                .build();
        this.longestCall = properties.longestCall();
        this.daysUntilDue = properties.daysUntilDue();
        this.meters = meters;
    }

    /// The tenant's customer by Stripe's search, which may lag behind by a minute. Empty where there is none.
    public Mono<String> searchCustomer(TenantId tenant) {
        String query = "metadata['" + MetadataKey.TENANT + "']:'" + tenant + "'";
        CustomerSearchParams search = CustomerSearchParams.builder()
                .setQuery(query)
                .setLimit(LARGEST_PAGE)
                .build();
        return call(
                        StripeCall.FIND_CUSTOMER,
                        () -> oldestOf(
                                tenant, client.v1().customers().search(search).getData()))
                .flatMap(Mono::justOrEmpty);
    }

    /// The tenant's customer among those made since an instant: complete, never behind.
    public Mono<String> customerMadeSince(TenantId tenant, Instant since) {
        CustomerListParams list = CustomerListParams.builder()
                .setCreated(CustomerListParams.Created.builder()
                        .setGte(since.minus(CLOCKS_APART).getEpochSecond())
                        .build())
                .setLimit(LARGEST_PAGE)
                .build();
        return call(
                        StripeCall.FIND_CUSTOMER,
                        () -> oldestOf(tenant, all(client.v1().customers().list(list))))
                .flatMap(Mono::justOrEmpty);
    }

    private static Optional<String> oldestOf(TenantId tenant, List<Customer> customers) {
        return customers.stream()
                .filter(customer -> tenant.toString().equals(metadata(customer.getMetadata(), MetadataKey.TENANT)))
                .min(Comparator.comparing(Customer::getCreated).thenComparing(Customer::getId))
                .map(Customer::getId);
    }

    /// Whether a customer is still there.
    public Mono<Boolean> hasCustomer(String id) {
        return call(
                        StripeCall.READ_CUSTOMER,
                        () -> !Boolean.TRUE.equals(
                                client.v1().customers().retrieve(id).getDeleted()))
                .onErrorResume(
                        StripeFailure.class,
                        failed -> failed.kind() == StripeFailure.Kind.GONE ? Mono.just(false) : Mono.error(failed));
    }

    /// Whether Stripe knows an email address of the customer's. Weir keeps none; whoever wants mail and a day
    /// on which an invoice is due enters one at Stripe.
    public Mono<Boolean> hasAddress(String id) {
        return call(StripeCall.READ_CUSTOMER, () -> {
            String email = client.v1().customers().retrieve(id).getEmail();
            return email != null && !email.isBlank();
        });
    }

    /// Answers the new customer's id.
    public Mono<String> createCustomer(TenantId tenant, String name, String key) {
        CustomerCreateParams customer = CustomerCreateParams.builder()
                .setName(name)
                .putMetadata(MetadataKey.TENANT, tenant.toString())
                .build();
        return call(
                StripeCall.CREATE_CUSTOMER,
                () -> client.v1().customers().create(customer, under(key)).getId());
    }

    /// The customer's invoice that was made of ours, in that version. Empty where there is none.
    public Mono<StripeInvoice> findInvoice(String customerId, UUID ours, int version) {
        InvoiceListParams list = InvoiceListParams.builder()
                .setCustomer(customerId)
                .setLimit(LARGEST_PAGE)
                .build();
        return call(
                        StripeCall.FIND_INVOICE,
                        () -> all(client.v1().invoices().list(list)).stream()
                                .filter(invoice -> isOurs(invoice, ours, version))
                                .min(Comparator.comparing(Invoice::getCreated).thenComparing(Invoice::getId))
                                .map(StripeInvoice::of))
                .flatMap(Mono::justOrEmpty);
    }

    private static boolean isOurs(Invoice invoice, UUID ours, int version) {
        return ours.toString().equals(metadata(invoice.getMetadata(), MetadataKey.INVOICE))
                && Integer.toString(version).equals(metadata(invoice.getMetadata(), MetadataKey.VERSION));
    }

    /// Drafts an invoice that Stripe neither finalises by itself, nor charges, nor fills with what else is
    /// pending. Without an email address it is `charge_automatically`, which has no due date; with
    /// `auto_advance` off, Stripe charges nothing of its own accord: it waits on its page until it is paid.
    public Mono<StripeInvoice> createInvoice(NewInvoice invoice, String key) {
        InvoiceCreateParams.Builder draft = InvoiceCreateParams.builder()
                .setCustomer(invoice.customerId())
                .setNumber(invoice.number())
                .setCurrency(invoice.currency().toLowerCase(Locale.ROOT))
                .setDescription(invoice.description())
                .setAutoAdvance(false)
                .setCollectionMethod(InvoiceCreateParams.CollectionMethod.CHARGE_AUTOMATICALLY)
                .setPendingInvoiceItemsBehavior(InvoiceCreateParams.PendingInvoiceItemsBehavior.EXCLUDE)
                .putAllMetadata(invoice.metadata());
        if (invoice.hasAddress()) {
            draft.setCollectionMethod(InvoiceCreateParams.CollectionMethod.SEND_INVOICE)
                    .setDaysUntilDue((long) daysUntilDue);
        }
        return call(
                StripeCall.CREATE_INVOICE,
                () -> StripeInvoice.of(client.v1().invoices().create(draft.build(), under(key))));
    }

    /// Fails with [StripeFailure.Kind#GONE] where it was deleted.
    public Mono<StripeInvoice> invoice(String id) {
        return call(StripeCall.READ_INVOICE, () -> {
            Invoice invoice = client.v1().invoices().retrieve(id);
            if (Boolean.TRUE.equals(invoice.getDeleted())) {
                throw new StripeFailure(StripeFailure.Kind.GONE, "The invoice " + id + " was deleted", null);
            }
            return StripeInvoice.of(invoice);
        });
    }

    /// Every item of an invoice, whoever put it there.
    public Mono<List<StripeItem>> items(String invoiceId) {
        InvoiceItemListParams list = InvoiceItemListParams.builder()
                .setInvoice(invoiceId)
                .setLimit(LARGEST_PAGE)
                .build();
        return call(
                StripeCall.LIST_ITEMS,
                () -> all(client.v1().invoiceItems().list(list)).stream()
                        .map(StripeItem::of)
                        .toList());
    }

    /// Answers the new item's id.
    public Mono<String> createItem(String customerId, String invoiceId, NewItem item, String key) {
        InvoiceItemCreateParams line = InvoiceItemCreateParams.builder()
                .setCustomer(customerId)
                .setInvoice(invoiceId)
                .setAmount(item.amount())
                .setCurrency(item.currency().toLowerCase(Locale.ROOT))
                .setDescription(item.description())
                .setDiscountable(false)
                .setPeriod(InvoiceItemCreateParams.Period.builder()
                        .setStart(item.periodStart().getEpochSecond())
                        .setEnd(item.periodEnd().getEpochSecond())
                        .build())
                .setMetadata(item.metadata())
                .build();
        return call(StripeCall.CREATE_ITEM, () -> {
            InvoiceItem created = client.v1().invoiceItems().create(line, under(key));
            return created.getId();
        });
    }

    /// Makes the draft a claim against the customer. Stripe sends no mail of its own.
    public Mono<StripeInvoice> finalise(String invoiceId, String key) {
        InvoiceFinalizeInvoiceParams quietly =
                InvoiceFinalizeInvoiceParams.builder().setAutoAdvance(false).build();
        return call(
                StripeCall.FINALISE,
                () -> StripeInvoice.of(client.v1().invoices().finalizeInvoice(invoiceId, quietly, under(key))));
    }

    private <T> Mono<T> call(StripeCall what, Callable<T> asked) {
        return Mono.defer(() -> {
            Timer.Sample sample = Timer.start(meters);
            return Mono.fromCallable(asked)
                    .subscribeOn(Schedulers.boundedElastic())
                    .timeout(longestCall)
                    .onErrorMap(StripeFailure::of)
                    .doOnSuccess(answer -> note(sample, what, "answered"))
                    .doOnError(failed -> note(sample, what, outcome(failed)));
        });
    }

    private static String outcome(Throwable failed) {
        return failed instanceof StripeFailure known ? known.kind().name().toLowerCase(Locale.ROOT) : "failed";
    }

    private void note(Timer.Sample sample, StripeCall what, String outcome) {
        sample.stop(Timer.builder("weir.stripe.calls")
                .description("calls to Stripe, each with the repetitions of the client")
                .tag("call", what.tag())
                .tag("outcome", outcome)
                .register(meters));
    }

    private static <T extends HasId> List<T> all(StripeCollection<T> first) throws StripeException {
        List<T> found = new ArrayList<>();
        for (T one : first.autoPagingIterable()) {
            found.add(one);
        }
        return found;
    }

    private static String metadata(@Nullable Map<String, String> metadata, String key) {
        return metadata == null ? "" : metadata.getOrDefault(key, "");
    }

    private static RequestOptions under(String key) {
        return RequestOptions.builder().setIdempotencyKey(key).build();
    }
}
