/// What kind of work a request asks for, and how hard it is, by rules that can be read. Owns the rules; knows no model.
@NullMarked
package io.weir.orchestration.task;

import org.jspecify.annotations.NullMarked;
