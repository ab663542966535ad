package io.weir.billing.invoice.page;

import io.weir.billing.invoice.Invoice;
import io.weir.billing.invoice.InvoiceState;
import io.weir.billing.rating.RatedLine;
import io.weir.billing.rating.RatedLine.CallOverage;
import io.weir.billing.rating.RatedLine.ModelUsage;
import io.weir.billing.rating.RatedLine.PlanFee;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What the template shows, all of it text that is not escaped yet.
///
/// @param number null while a draft
/// @param note what a reader must know of the status; null where there is nothing
/// @param paymentPage an `https` address, or a simulator's on this machine, or null
/// @param fees lines without a model
record PageModel(
        String title,
        @Nullable String number,
        Badge badge,
        @Nullable String note,
        @Nullable String paymentPage,
        String sellerName,
        List<String> sellerLines,
        String tenant,
        String tenantId,
        String plan,
        String period,
        String timeZone,
        String madeAt,
        String currency,
        List<Fee> fees,
        String feesTotal,
        boolean hasModels,
        List<ModelRow> models,
        String modelsTotal,
        String total,
        String billableCalls,
        @Nullable String openHours) {

    private static final Pattern PAYMENT_PAGE =
            Pattern.compile("https://|http://(?:127\\.0\\.0\\.1|localhost)(?::[0-9]{1,5})?/");

    /// The status.
    ///
    /// @param style the name of a style in the template
    record Badge(String label, String style) {}

    /// A line without a model.
    record Fee(String name, String detail, String exact, String amount) {}

    static PageModel of(
            Invoice invoice, InvoiceState state, @Nullable String paymentPage, InvoicePageProperties seller) {
        Days days = new Days(invoice.timeZone());
        List<RatedLine> models =
                invoice.lines().stream().filter(ModelUsage.class::isInstance).toList();
        List<RatedLine> fees =
                invoice.lines().stream().filter(line -> !models.contains(line)).toList();
        String number = invoice.number();
        return new PageModel(
                (number == null ? "Draft invoice" : "Invoice " + number) + " for " + invoice.slug(),
                number,
                badge(state),
                note(state),
                payable(state, paymentPage),
                seller.sellerName(),
                seller.sellerLines(),
                invoice.slug().value(),
                invoice.tenantId().toString(),
                invoice.plan(),
                days.span(invoice.periodStart(), invoice.periodEnd()),
                invoice.timeZone().getId(),
                days.moment(invoice.madeAt()),
                invoice.currency(),
                fees.stream().map(PageModel::fee).toList(),
                Figures.decimal(sum(fees, invoice)),
                !models.isEmpty(),
                rows(models, sum(models, invoice)),
                Figures.decimal(sum(models, invoice)),
                Figures.decimal(invoice.total().value()),
                Figures.count(invoice.billableCalls()),
                invoice.openHours() == 0 ? null : Figures.count(invoice.openHours()));
    }

    private static Badge badge(InvoiceState state) {
        return switch (state) {
            case DRAFT -> new Badge("Draft", "draft");
            case RATED, ITEMS_SENT, TOTALS_MATCHED, PARKED -> new Badge("Final", "final");
            case FINALISED -> new Badge("Open", "final");
            case PAID -> new Badge("Paid", "paid");
            case VOID -> new Badge("Void", "void");
        };
    }

    private static @Nullable String note(InvoiceState state) {
        return switch (state) {
            case DRAFT -> "This is a draft, not an invoice: it has no number, and its amounts may still change.";
            case VOID -> "This invoice is void. Nothing is to be paid.";
            case RATED, ITEMS_SENT, TOTALS_MATCHED, FINALISED, PAID, PARKED -> null;
        };
    }

    private static @Nullable String payable(InvoiceState state, @Nullable String paymentPage) {
        return state == InvoiceState.FINALISED
                        && paymentPage != null
                        && PAYMENT_PAGE.matcher(paymentPage).lookingAt()
                ? paymentPage
                : null;
    }

    private static Fee fee(RatedLine line) {
        String exact = Figures.decimal(line.exact().value());
        String amount = Figures.decimal(line.amount().value());
        return switch (line) {
            case PlanFee fee -> new Fee("Plan " + fee.plan(), "Monthly fee", exact, amount);
            case CallOverage calls ->
                new Fee(
                        "Calls beyond the plan",
                        Figures.count(calls.calls()) + " calls, of which " + Figures.count(calls.billed())
                                + " beyond the " + Figures.count(calls.included()) + " included per "
                                + calls.includedPer() + ", at "
                                + calls.unitPrice().toPlainString() + " each",
                        exact,
                        amount);
            case ModelUsage usage -> new Fee(usage.model(), usage.provider(), exact, amount);
        };
    }

    private static List<ModelRow> rows(List<RatedLine> models, BigDecimal whole) {
        List<ModelRow> rows = new ArrayList<>();
        for (RatedLine line : models) {
            if (line instanceof ModelUsage usage) {
                rows.add(ModelRow.of(rows.size() + 1, usage, whole));
            }
        }
        return rows;
    }

    private static BigDecimal sum(List<RatedLine> lines, Invoice invoice) {
        BigDecimal zero = BigDecimal.ZERO.setScale(invoice.total().value().scale());
        return lines.stream().map(line -> line.amount().value()).reduce(zero, BigDecimal::add);
    }
}
