package io.weir.billing.rerating;

import io.weir.pricing.PriceList;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.tenancy.TenantId;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The price books in force, as calls find them: a tenant's own before everybody's, then by id.
final class Books {

    private final List<PriceList> inOrder;
    private final Map<String, Long> versions = new TreeMap<>();

    Books(Collection<PriceBookSnapshot> books) {
        books.forEach(book -> versions.put(book.id(), book.version()));
        this.inOrder = books.stream()
                .sorted(Comparator.comparing((PriceBookSnapshot book) -> book.tenantId() == null)
                        .thenComparing(PriceBookSnapshot::id))
                .map(PriceList::new)
                .collect(Collectors.toUnmodifiableList());
    }

    /// Numbers by id: which prices were used.
    Map<String, Long> versions() {
        return versions;
    }

    /// The book that prices the row: the one that did, else the first that knows its model. A book that is gone
    /// is not replaced.
    Optional<PriceList> of(UsageRow row) {
        String did = row.priceBookId();
        return inOrder.stream()
                .filter(book -> did == null
                        ? isFor(book, row.tenantId())
                        : book.bookId().equals(did))
                .filter(book -> book.model(row.model())
                        .filter(model -> model.provider().equals(row.provider()))
                        .isPresent())
                .findFirst();
    }

    private static boolean isFor(PriceList book, TenantId tenant) {
        return book.owner().isEmpty() || book.owner().get().equals(tenant);
    }
}
