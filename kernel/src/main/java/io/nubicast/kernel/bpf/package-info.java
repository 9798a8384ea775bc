/// eBPF through bpf(2): maps, programs and links, each a descriptor that closes once. What is attached ends with its link's
/// descriptor, so a process that is killed leaves nothing behind, but for filters of traffic control before Linux 6.6.
///
///     BpfMap    a table that programs and this process share, made from a BpfMapSpec
///     BpfAssembler -> BpfCode -> BpfProgram    written here, checked by the kernel's verifier, VerifierRejection when refused
///     BpfObject -> BpfCollection    compiled by clang from C (bpf.h): maps and programs by name, and all of them in the kernel
///     BpfLink   the program at work, as long as it is open
///     Attachment    a program at an interface, by a link or by traffic control, whichever the kernel has; one a place and owner
///     BpfPins   names in bpffs, for what shall outlive the process
///     BpfQueries    what is in the kernel, and at which interface
///     BpfFeature    whether this kernel and these privileges allow it, and if not, why
///
/// How it is found out again who left what: an attachment's owner, place and mechanism are in the name of its filter or pin, and
/// a living owner holds an abstract Unix socket of that name.
///
/// Everything here is for cold paths; what the programs do with packets costs this process nothing.
@NullMarked
package io.nubicast.kernel.bpf;

import org.jspecify.annotations.NullMarked;
