package io.weir.billing.stripe;

import io.weir.billing.invoice.Invoice;
import io.weir.billing.invoice.InvoiceState;
import io.weir.billing.stripe.api.MetadataKey;
import io.weir.billing.stripe.api.NewInvoice;
import io.weir.billing.stripe.api.NewItem;
import io.weir.billing.stripe.api.StripeApi;
import io.weir.billing.stripe.api.StripeFailure;
import io.weir.billing.stripe.api.StripeInvoice;
import io.weir.billing.stripe.api.StripeItem;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Takes one invoice as far as it goes, from whatever state it is in. Each object at Stripe is looked for before it is
/// made, made under a key that never changes, and noted before and after; so it does not matter where the last attempt
/// ended, nor for how long Stripe remembers keys.
final class InvoiceDispatch {

    private final StripeApi stripe;
    private final R2dbcStripeInvoices invoices;
    private final R2dbcSentLedger ledger;
    private final Parked parked;

    InvoiceDispatch(StripeApi stripe, R2dbcStripeInvoices invoices, R2dbcSentLedger ledger, Parked parked) {
        this.stripe = stripe;
        this.invoices = invoices;
        this.ledger = ledger;
        this.parked = parked;
    }

    /// Completes when nothing is left to do now. What Stripe refuses for good parks the invoice, unless it
    /// has moved on from where the step began. Fails with a [StripeFailure] that is worth another attempt,
    /// and with a [ClaimLostException] where another worker has taken over.
    Mono<Void> advance(Claim claim, UUID invoice) {
        return Mono.defer(() -> invoices.load(invoice))
                .flatMap(work -> step(claim, work)
                        .onErrorResume(StripeFailure.class, failed -> parkedIfForGood(claim, work, failed)))
                .flatMap(more -> more ? advance(claim, invoice) : Mono.empty());
    }

    private Mono<Boolean> parkedIfForGood(Claim claim, Work work, StripeFailure failed) {
        return switch (failed.kind()) {
            case REFUSED -> park(claim, work, Parking.REFUSED, failed.reason(), null);
            case GONE -> park(claim, work, Parking.GONE, failed.reason(), null);
            case UNANSWERED, FAILED, FAILURE_KEPT, BUSY, UNAUTHORISED -> Mono.error(failed);
        };
    }

    private Mono<Boolean> park(Claim claim, Work work, Parking as, String reason, @Nullable StripeInvoice seen) {
        return parked.park(claim, work, as, reason, seen).thenReturn(false);
    }

    // Whether there may be another step.
    private Mono<Boolean> step(Claim claim, Work work) {
        return switch (work.state()) {
            case RATED -> unsendable(claim, work).switchIfEmpty(Mono.defer(() -> send(claim, work)));
            case ITEMS_SENT -> compared(claim, work, draft -> moved(work, InvoiceState.TOTALS_MATCHED, draft));
            case TOTALS_MATCHED -> compared(claim, work, draft -> finalise(claim, work, draft));
            case DRAFT, FINALISED, PAID, VOID, PARKED -> Mono.just(false);
        };
    }

    private Mono<Boolean> moved(Work work, InvoiceState to, StripeInvoice seen) {
        // Where somebody else moved it meanwhile, the next step begins from there.
        return invoices.move(work, to, seen).thenReturn(true);
    }

    private Mono<Boolean> unsendable(Claim claim, Work work) {
        int lines = work.invoice().lines().size();
        if (lines > StripeLines.MOST) {
            String reason = "The invoice has " + lines + " lines; Stripe takes " + StripeLines.MOST
                    + ". Nothing was sent. Bill this one by hand.";
            return park(claim, work, Parking.TOO_MANY_LINES, reason, null);
        }
        try {
            work.comparison();
            return Mono.empty();
        } catch (ArithmeticException tooLarge) {
            String reason = "An amount of the invoice is no whole number of minor units that Stripe could hold."
                    + " Nothing was sent.";
            return park(claim, work, Parking.UNSENDABLE, reason, null);
        }
    }

    private Mono<Boolean> send(Claim claim, Work work) {
        return customer(claim, work)
                .flatMap(customer -> draft(claim, work, customer)
                        .flatMap(draft -> draft.isDraft()
                                ? items(claim, work, customer, draft).thenReturn(draft)
                                : Mono.just(draft)))
                .flatMap(draft -> moved(work, InvoiceState.ITEMS_SENT, draft));
    }

    private Mono<String> customer(Claim claim, Work work) {
        String known = work.customer().id();
        if (known == null) {
            return newCustomer(claim, work, work.customer().version());
        }
        if (work.version() == 1) {
            return Mono.just(known);
        }
        // Something had gone when it was sent before.
        return stripe.hasCustomer(known)
                .flatMap(there -> there
                        ? Mono.just(known)
                        : invoices.nextCustomer(work).flatMap(next -> newCustomer(claim, work, next)));
    }

    private Mono<String> newCustomer(Claim claim, Work work, int version) {
        Invoice invoice = work.invoice();
        Slot slot = Slot.customer(invoice.tenantId(), version);
        Mono<String> look = ledger.find(slot)
                .flatMap(sent -> stripe.customerMadeSince(invoice.tenantId(), sent.firstSentAt()))
                .switchIfEmpty(stripe.searchCustomer(invoice.tenantId()));
        return filled(
                        claim,
                        slot,
                        look,
                        key -> stripe.createCustomer(
                                invoice.tenantId(), invoice.slug().value(), key),
                        Function.identity())
                .delayUntil(id -> invoices.customer(work, version, id));
    }

    private Mono<StripeInvoice> draft(Claim claim, Work work, String customer) {
        if (work.stripeId() != null) {
            return stripe.invoice(work.stripeId());
        }
        Invoice invoice = work.invoice();
        Slot slot = Slot.invoice(invoice.tenantId(), invoice.id(), invoice.period(), work.version());
        return filled(
                        claim,
                        slot,
                        stripe.findInvoice(customer, invoice.id(), work.version()),
                        key -> stripe.hasAddress(customer)
                                .flatMap(known -> stripe.createInvoice(newInvoice(work, customer, known), key)),
                        StripeInvoice::id)
                .delayUntil(draft -> invoices.drafted(work, draft));
    }

    private static NewInvoice newInvoice(Work work, String customer, boolean hasAddress) {
        Invoice invoice = work.invoice();
        String number = String.valueOf(invoice.number());
        return new NewInvoice(
                customer,
                work.version() == 1 ? number : number + "-" + work.version(),
                invoice.currency(),
                "Usage and fees of " + invoice.period(),
                hasAddress,
                Map.of(
                        MetadataKey.TENANT, invoice.tenantId().toString(),
                        MetadataKey.INVOICE, invoice.id().toString(),
                        MetadataKey.NUMBER, number,
                        MetadataKey.PERIOD, invoice.period().toString(),
                        MetadataKey.VERSION, Integer.toString(work.version())));
    }

    private Mono<Void> items(Claim claim, Work work, String customer, StripeInvoice draft) {
        UUID id = work.invoice().id();
        return Mono.zip(stripe.items(draft.id()), ledger.items(id, work.version()))
                .flatMapMany(known -> {
                    Map<Integer, String> there = byLine(id, known.getT1());
                    Map<Integer, String> noted = known.getT2();
                    return Flux.fromIterable(StripeLines.of(work.invoice()))
                            .concatMap(item -> item(
                                    claim,
                                    work,
                                    item,
                                    new Known(there.get(item.line()), noted.get(item.line())),
                                    key -> stripe.createItem(customer, draft.id(), item, key)));
                })
                .then();
    }

    private static Map<Integer, String> byLine(UUID invoice, List<StripeItem> items) {
        return items.stream()
                .filter(item -> item.lineOf(invoice).isPresent())
                .collect(Collectors.toMap(
                        item -> item.lineOf(invoice).orElseThrow(), StripeItem::id, (first, second) -> first));
    }

    /// @param there the line's id by what Stripe lists
    /// @param noted by our ledger
    private record Known(@Nullable String there, @Nullable String noted) {}

    private Mono<String> item(
            Claim claim, Work work, NewItem item, Known known, Function<String, Mono<String>> create) {
        if (known.there() != null && known.there().equals(known.noted())) {
            return Mono.just(known.there());
        }
        Invoice invoice = work.invoice();
        Slot slot = Slot.item(
                invoice.tenantId(), invoice.id(), invoice.period(), work.version(), item.line(), item.amount());
        Mono<String> filled = filled(claim, slot, Mono.justOrEmpty(known.there()), create, Function.identity());
        // Noted, and not there: it was deleted at Stripe, and its key would only bring its old answer.
        return known.there() == null && known.noted() != null
                ? ledger.again(claim, slot).then(filled)
                : filled;
    }

    private Mono<Boolean> compared(Claim claim, Work work, Function<StripeInvoice, Mono<Boolean>> whereDraftIsEqual) {
        return Mono.zip(stripe.invoice(work.demandStripeId()), stripe.items(work.demandStripeId()))
                .flatMap(both -> {
                    StripeInvoice seen = both.getT1();
                    return work.comparison()
                            .difference(seen, both.getT2())
                            .map(difference -> differs(claim, work, difference, seen))
                            .orElseGet(
                                    () -> seen.isDraft() ? whereDraftIsEqual.apply(seen) : settled(claim, work, seen));
                });
    }

    private Mono<Boolean> differs(Claim claim, Work work, String difference, StripeInvoice seen) {
        if (seen.isVoid()) {
            return park(claim, work, Parking.GONE, Parking.VOIDED, seen);
        }
        String reason = difference + ". "
                + (seen.isDraft()
                        ? "Nothing was finalised. Correct the draft at Stripe, then resume."
                        : "The invoice is " + seen.status() + " at Stripe: void it there, then resume.");
        return park(claim, work, Parking.TOTALS_DIFFER, reason, seen);
    }

    private Mono<Boolean> finalise(Claim claim, Work work, StripeInvoice draft) {
        Invoice invoice = work.invoice();
        Slot slot = Slot.finalisation(invoice.tenantId(), invoice.id(), invoice.period(), work.version());
        return filled(claim, slot, Mono.empty(), key -> stripe.finalise(draft.id(), key), StripeInvoice::id)
                .flatMap(done -> settled(claim, work, done));
    }

    // Somebody may have changed the draft between our last look and its finalisation.
    private Mono<Boolean> settled(Claim claim, Work work, StripeInvoice seen) {
        return work.comparison()
                .totalDifference(seen)
                .map(difference -> differs(claim, work, difference, seen))
                .orElseGet(() -> moved(work, Following.stateOf(seen.status()), seen));
    }

    private <T> Mono<T> filled(
            Claim claim, Slot slot, Mono<T> look, Function<String, Mono<T>> create, Function<T, String> id) {
        return look.switchIfEmpty(Mono.defer(() -> ledger.intend(claim, slot)
                        .flatMap(create)
                        .onErrorResume(
                                StripeFailure.class,
                                failed -> afterFailure(claim, slot, failed).then(Mono.error(failed)))))
                .delayUntil(made -> ledger.record(claim, slot, id.apply(made)));
    }

    private Mono<Void> afterFailure(Claim claim, Slot slot, StripeFailure failed) {
        return failed.kind() == StripeFailure.Kind.FAILURE_KEPT ? ledger.again(claim, slot) : Mono.empty();
    }
}
