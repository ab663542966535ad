/// What the lines of an invoice come to: discounts, taxes and credits over rounded lines, and credit
/// notes against them, all in whole minor units, so that everything adds up. Pure. Does not own the
/// lines (`rating`), numbering or states (`invoice`), nor what credit there is (`credit`).
@NullMarked
package io.weir.billing.rating.statement;

import org.jspecify.annotations.NullMarked;
