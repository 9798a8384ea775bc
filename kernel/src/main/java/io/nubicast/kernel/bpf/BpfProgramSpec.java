package io.nubicast.kernel.bpf;

import io.nubicast.kernel.sys.SystemCallException;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;

/// A program of an object file, before its maps are known.
///
/// @param section which says the type: `tcx/egress`
/// @param name of the function; the kernel keeps 15 letters
/// @param license as the kernel asks for it: some helpers are for `GPL` and what is compatible with it only
/// @param maps by the instruction that loads it, the name of each map
public record BpfProgramSpec(String section, String name, BpfProgram.Type type, String license, BpfCode code,
        SortedMap<Integer, String> maps) {
    private static final Map<String, BpfProgram.Type> TYPES = Map.of("tc", BpfProgram.Type.SCHED_CLS,
            "tcx", BpfProgram.Type.SCHED_CLS, "classifier", BpfProgram.Type.SCHED_CLS,
            "socket", BpfProgram.Type.SOCKET_FILTER, "sk_lookup", BpfProgram.Type.SK_LOOKUP);

    /// The type of the programs in a section: what is before the first `/` of its name tells.
    static BpfProgram.Type typeOf(String section) throws MalformedObject {
        int slash = section.indexOf('/');
        BpfProgram.Type type = TYPES.get(slash < 0 ? section : section.substring(0, slash));
        if (type == null) {
            throw new MalformedObject("no type of program has sections named " + section + "; use "
                    + String.join(", ", TYPES.keySet().stream().sorted().toList()) + ", with /ANYTHING behind");
        }
        return type;
    }

    /// Loads it.
    ///
    /// @param given a map for each name in [#maps()], or more
    /// @throws VerifierRejection when the kernel refuses the code
    /// @throws SystemCallException EPERM without CAP_BPF (and CAP_NET_ADMIN), EINVAL for a type that the kernel does not know
    public BpfProgram load(Map<String, BpfMap> given) throws SystemCallException, VerifierRejection {
        Map<Integer, Integer> descriptors = new HashMap<>();
        maps.forEach((index, map) -> {
            BpfMap found = given.get(map);
            if (found == null) {
                throw new IllegalArgumentException("program " + name + " wants a map " + map);
            }
            descriptors.put(index, found.fd());
        });
        return BpfProgram.load(type, name, code.withMaps(descriptors), license);
    }
}
