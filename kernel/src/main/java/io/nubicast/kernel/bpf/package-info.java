/// eBPF through bpf(2): maps, programs and links, each a descriptor that closes once. What is attached ends with its link's
/// descriptor, so a process that is killed leaves nothing behind.
///
///     BpfMap    a table that programs and this process share, made from a BpfMapSpec
///     BpfAssembler -> BpfCode -> BpfProgram    written here, checked by the kernel's verifier, VerifierRejection when refused
///     BpfObject -> BpfCollection    compiled by clang from C (bpf.h): maps and programs by name, and all of them in the kernel
///     BpfLink   the program at work, as long as it is open
///     BpfFeature    whether this kernel and these privileges allow it, and if not, why
///
/// Everything here is for cold paths; what the programs do with packets costs this process nothing.
@NullMarked
package io.nubicast.kernel.bpf;

import org.jspecify.annotations.NullMarked;
