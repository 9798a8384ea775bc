package io.nubicast.proxy.status;

import io.nubicast.forwarding.DataPlane;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Which data plane carries a whole group: one for all its members, or several.
///
/// @param plane its name; `mixed` when there are several, empty without a member
/// @param remark why, when it is the same for all; how many members each carries, when there are several
/// @param isCommon whether plane and reason are the same for all, so that the members need not repeat the reason
record Carriage(String plane, String remark, boolean isCommon) {
    static Carriage of(List<ProxyStatus.CopyStatus> copies) {
        if (copies.isEmpty()) {
            return new Carriage("", "", true);
        }
        DataPlane.Carrier first = copies.getFirst().carrier();
        boolean oneReason = true;
        boolean onePlane = true;
        for (ProxyStatus.CopyStatus copy : copies) {
            oneReason &= copy.carrier().equals(first);
            onePlane &= copy.carrier().plane().equals(first.plane());
        }
        if (onePlane) {
            return new Carriage(first.plane(), oneReason ? first.why() : "", oneReason);
        }
        Map<String, Long> planes = new TreeMap<>();
        for (ProxyStatus.CopyStatus copy : copies) {
            planes.merge(copy.carrier().plane(), 1L, Long::sum);
        }
        return new Carriage("mixed", planes.entrySet().stream()
                .map(plane -> StatusTable.grouped(plane.getValue()) + " by " + plane.getKey())
                .collect(Collectors.joining(", ")), false);
    }
}
