package io.nubicast.router.igmp;

/// Why a message, or one record of it, was not applied although it could be read. One constant is one counter and one line in
/// `show ip igmp traffic` (GEN-005).
public enum IgmpIgnored {
    INTERFACE_DOWN("arrived on an interface that is down or has no address"), OWN_SOURCE(
            "came back with one of our own addresses as its source"), NOT_TTL_1("TTL other than 1"), NO_ROUTER_ALERT(
                    "no Router Alert option, and ip igmp router-alert-check is set"), OFF_LINK_SOURCE(
                            "from an address that is not on the link"), UNKNOWN_TYPE(
                                    "a type that is not of IGMP 1, 2 or 3"), OTHER_VERSION(
                                            "a report or leave of a version above the interface's"), UNKNOWN_RECORD(
                                                    "a group record of an unknown type"), LINK_LOCAL_GROUP(
                                                            "a group of 224.0.0.0/24, which is never routed"), BAD_GROUP(
                                                                    "a group that is not multicast"), BAD_SOURCE(
                                                                            "a source that is multicast, broadcast or zero"), SSM_RANGE(
                                                                                    "any-source membership of a source-specific group"), ACCESS_GROUP(
                                                                                            "denied by ip igmp access-group"), BOUNDARY(
                                                                                                    "denied by ip multicast boundary"), OLDER_HOST(
                                                                                                            "a leave or block while an older host is present"), INTERFACE_LIMIT(
                                                                                                                    "a new group beyond the interface's limit"), GLOBAL_LIMIT(
                                                                                                                            "a new group beyond the router's limit"), SOURCE_LIMIT(
                                                                                                                                    "a new source beyond the most that a group or the router may have"), QUERY_RATE(
                                                                                                                                            "a leave that was not followed up: too many specific queries");

    private final String description;

    IgmpIgnored(String description) {
        this.description = description;
    }

    /// For people.
    public String description() {
        return description;
    }
}
