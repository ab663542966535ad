package io.weir.proof.mutant;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// A class with something left out of one of its methods, the lambdas in it included. It is made of the class that
/// would be loaded, so it breaks when that has changed too much: then the mutant cannot be made, which is an error.
///
/// @param className of the class
/// @param method its name; lambdas that were written in it are part of it
public record Change(String className, String method, List<Edit> edits) {

    public Change(String className, String method, Edit... edits) {
        this(className, method, List.of(edits));
    }

    public Change {
        edits = List.copyOf(edits);
    }

    /// The class as it is to be. Throws [IllegalStateException] when an edit finds nothing to change.
    byte[] applied(byte[] original) {
        byte[] changed = original;
        for (Edit edit : edits) {
            AtomicInteger places = new AtomicInteger();
            ClassFile format = ClassFile.of();
            ClassModel model = format.parse(changed);
            changed = format.transformClass(model, (builder, element) -> {
                if (element instanceof MethodModel found && isMeant(found, edit)) {
                    builder.transformMethod(found, (methodBuilder, part) -> {
                        if (part instanceof CodeModel code) {
                            methodBuilder.transformCode(code, transform(edit, places));
                        } else {
                            methodBuilder.with(part);
                        }
                    });
                } else {
                    builder.with(element);
                }
            });
            if (places.get() == 0) {
                throw new IllegalStateException("cannot make the mutant: " + edit + " finds nothing in " + className
                        + "." + method + "; the class has changed, so change the mutant");
            }
        }
        return changed;
    }

    private boolean isMeant(MethodModel found, Edit edit) {
        String name = found.methodName().stringValue();
        boolean whole = edit instanceof Edit.Nothing || edit instanceof Edit.Completes;
        return name.equals(method) || (!whole && name.startsWith("lambda$" + method + "$"));
    }

    private static CodeTransform transform(Edit edit, AtomicInteger places) {
        return switch (edit) {
            case Edit.Nothing nothing -> replacedBy(places, CodeBuilder::return_);
            case Edit.Completes completes -> replacedBy(places, Change::completes);
            case Edit.Always always ->
                (builder, element) -> {
                    if (element instanceof InvokeInstruction call && isCall(call, always.call())) {
                        places.incrementAndGet();
                        pop(builder, call);
                        builder.loadConstant(always.answer() ? 1 : 0);
                    } else {
                        builder.with(element);
                    }
                };
            case Edit.LeftOut leftOut ->
                (builder, element) -> {
                    if (element instanceof InvokeInstruction call && isCall(call, leftOut.call())) {
                        places.incrementAndGet();
                        popArguments(builder, call);
                    } else {
                        builder.with(element);
                    }
                };
            case Edit.Instead instead ->
                (builder, element) -> {
                    if (element instanceof InvokeInstruction call && isCall(call, instead.call())) {
                        places.incrementAndGet();
                        builder.invoke(
                                call.opcode(),
                                call.owner().asSymbol(),
                                instead.other(),
                                call.typeSymbol(),
                                call.isInterface());
                    } else {
                        builder.with(element);
                    }
                };
        };
    }

    // A method's end stands first, and nothing of what it did follows.
    private static CodeTransform replacedBy(AtomicInteger places, Consumer<CodeBuilder> end) {
        return new CodeTransform() {
            @Override
            public void atStart(CodeBuilder builder) {
                places.incrementAndGet();
                end.accept(builder);
            }

            @Override
            public void accept(CodeBuilder builder, CodeElement element) {
                // Left out.
            }
        };
    }

    private static void completes(CodeBuilder builder) {
        ClassDesc mono = ClassDesc.of("reactor.core.publisher.Mono");
        builder.invokestatic(mono, "empty", MethodTypeDesc.of(mono)).areturn();
    }

    private static boolean isCall(InvokeInstruction call, String name) {
        return call.name().stringValue().equals(name);
    }

    private static void pop(CodeBuilder builder, InvokeInstruction call) {
        popArguments(builder, call);
        if (call.opcode() != Opcode.INVOKESTATIC) {
            builder.pop();
        }
    }

    private static void popArguments(CodeBuilder builder, InvokeInstruction call) {
        List<ClassDesc> types = call.typeSymbol().parameterList();
        for (ClassDesc type : types.reversed()) {
            if (TypeKind.from(type).slotSize() == 2) {
                builder.pop2();
            } else {
                builder.pop();
            }
        }
    }
}
