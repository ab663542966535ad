/// Turns sealed hours into rated lines, exactly, and rounds each line once. Pure: no input or output happens here.
/// Does not own prices (`pricebook`), where sealed hours are kept (`rating.r2dbc`), or numbering (`invoice`).
@NullMarked
package io.weir.billing.rating;

import org.jspecify.annotations.NullMarked;
