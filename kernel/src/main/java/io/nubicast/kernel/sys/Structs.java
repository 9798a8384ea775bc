package io.nubicast.kernel.sys;

import static java.lang.foreign.MemoryLayout.paddingLayout;
import static java.lang.foreign.MemoryLayout.sequenceLayout;
import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/// The kernel's structs, named field by field after the C headers, for 64-bit Linux. A test compares sizes and offsets with
/// what a C program printed.
public final class Structs {
    private static final ValueLayout.OfShort BE16 = JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt BE32 = JAVA_INT.withOrder(ByteOrder.BIG_ENDIAN);

    /// netinet/in.h
    public static final StructLayout SOCKADDR_IN = structLayout(
            JAVA_SHORT.withName("sin_family"), BE16.withName("sin_port"), BE32.withName("sin_addr"),
            sequenceLayout(8, JAVA_BYTE).withName("sin_zero")).withName("sockaddr_in");

    /// linux/un.h
    public static final StructLayout SOCKADDR_UN = structLayout(
            JAVA_SHORT.withName("sun_family"), sequenceLayout(108, JAVA_BYTE).withName("sun_path"))
            .withName("sockaddr_un");

    /// linux/if_packet.h
    public static final StructLayout SOCKADDR_LL = structLayout(
            JAVA_SHORT.withName("sll_family"), BE16.withName("sll_protocol"), JAVA_INT.withName("sll_ifindex"),
            JAVA_SHORT.withName("sll_hatype"), JAVA_BYTE.withName("sll_pkttype"), JAVA_BYTE.withName("sll_halen"),
            sequenceLayout(8, JAVA_BYTE).withName("sll_addr")).withName("sockaddr_ll");

    /// linux/if_packet.h
    public static final StructLayout PACKET_MREQ = structLayout(
            JAVA_INT.withName("mr_ifindex"), JAVA_SHORT.withName("mr_type"), JAVA_SHORT.withName("mr_alen"),
            sequenceLayout(8, JAVA_BYTE).withName("mr_address")).withName("packet_mreq");

    /// linux/netlink.h
    public static final StructLayout SOCKADDR_NL = structLayout(
            JAVA_SHORT.withName("nl_family"), JAVA_SHORT.withName("nl_pad"), JAVA_INT.withName("nl_pid"),
            JAVA_INT.withName("nl_groups")).withName("sockaddr_nl");

    /// bits/types/struct_iovec.h
    public static final StructLayout IOVEC = structLayout(
            JAVA_LONG.withName("iov_base"), JAVA_LONG.withName("iov_len")).withName("iovec");

    /// bits/socket.h; pointers as longs
    public static final StructLayout MSGHDR = structLayout(
            JAVA_LONG.withName("msg_name"), JAVA_INT.withName("msg_namelen"), paddingLayout(4),
            JAVA_LONG.withName("msg_iov"), JAVA_LONG.withName("msg_iovlen"),
            JAVA_LONG.withName("msg_control"), JAVA_LONG.withName("msg_controllen"),
            JAVA_INT.withName("msg_flags"), paddingLayout(4)).withName("msghdr");

    /// bits/socket.h
    public static final StructLayout MMSGHDR = structLayout(
            MSGHDR.withName("msg_hdr"), JAVA_INT.withName("msg_len"), paddingLayout(4)).withName("mmsghdr");

    /// bits/socket.h; data follows
    public static final StructLayout CMSGHDR = structLayout(
            JAVA_LONG.withName("cmsg_len"), JAVA_INT.withName("cmsg_level"), JAVA_INT.withName("cmsg_type"))
            .withName("cmsghdr");

    /// netinet/in.h
    public static final StructLayout IN_PKTINFO = structLayout(
            JAVA_INT.withName("ipi_ifindex"), BE32.withName("ipi_spec_dst"), BE32.withName("ipi_addr"))
            .withName("in_pktinfo");

    /// netinet/in.h
    public static final StructLayout IP_MREQN = structLayout(
            BE32.withName("imr_multiaddr"), BE32.withName("imr_address"), JAVA_INT.withName("imr_ifindex"))
            .withName("ip_mreqn");

    /// linux/filter.h
    public static final StructLayout SOCK_FILTER = structLayout(
            JAVA_SHORT.withName("code"), JAVA_BYTE.withName("jt"), JAVA_BYTE.withName("jf"), JAVA_INT.withName("k"))
            .withName("sock_filter");

    /// linux/filter.h
    public static final StructLayout SOCK_FPROG = structLayout(
            JAVA_SHORT.withName("len"), paddingLayout(6), JAVA_LONG.withName("filter")).withName("sock_fprog");

    /// linux/errqueue.h
    public static final StructLayout SOCK_EXTENDED_ERR = structLayout(
            JAVA_INT.withName("ee_errno"), JAVA_BYTE.withName("ee_origin"), JAVA_BYTE.withName("ee_type"),
            JAVA_BYTE.withName("ee_code"), JAVA_BYTE.withName("ee_pad"), JAVA_INT.withName("ee_info"),
            JAVA_INT.withName("ee_data")).withName("sock_extended_err");

    /// bits/types/struct_timeval.h
    public static final StructLayout TIMEVAL = structLayout(
            JAVA_LONG.withName("tv_sec"), JAVA_LONG.withName("tv_usec")).withName("timeval");

    /// sys/poll.h
    public static final StructLayout POLLFD = structLayout(
            JAVA_INT.withName("fd"), JAVA_SHORT.withName("events"), JAVA_SHORT.withName("revents"))
            .withName("pollfd");

    /// bits/socket.h
    public static final StructLayout UCRED = structLayout(
            JAVA_INT.withName("pid"), JAVA_INT.withName("uid"), JAVA_INT.withName("gid")).withName("ucred");

    /// net/if.h; what follows the name depends on the request
    public static final StructLayout IFREQ = structLayout(
            sequenceLayout(16, JAVA_BYTE).withName("ifr_name"), sequenceLayout(24, JAVA_BYTE).withName("ifr_ifru"))
            .withName("ifreq");

    /// linux/netlink.h
    public static final StructLayout NLMSGHDR = structLayout(
            JAVA_INT.withName("nlmsg_len"), JAVA_SHORT.withName("nlmsg_type"), JAVA_SHORT.withName("nlmsg_flags"),
            JAVA_INT.withName("nlmsg_seq"), JAVA_INT.withName("nlmsg_pid")).withName("nlmsghdr");

    /// linux/netlink.h
    public static final StructLayout NLATTR = structLayout(
            JAVA_SHORT.withName("nla_len"), JAVA_SHORT.withName("nla_type")).withName("nlattr");

    /// linux/rtnetlink.h
    public static final StructLayout IFINFOMSG = structLayout(
            JAVA_BYTE.withName("ifi_family"), JAVA_BYTE.withName("__ifi_pad"), JAVA_SHORT.withName("ifi_type"),
            JAVA_INT.withName("ifi_index"), JAVA_INT.withName("ifi_flags"), JAVA_INT.withName("ifi_change"))
            .withName("ifinfomsg");

    /// linux/rtnetlink.h
    public static final StructLayout TCMSG = structLayout(
            JAVA_BYTE.withName("tcm_family"), JAVA_BYTE.withName("tcm__pad1"), JAVA_SHORT.withName("tcm__pad2"),
            JAVA_INT.withName("tcm_ifindex"), JAVA_INT.withName("tcm_handle"), JAVA_INT.withName("tcm_parent"),
            JAVA_INT.withName("tcm_info")).withName("tcmsg");

    /// linux/if_addr.h
    public static final StructLayout IFADDRMSG = structLayout(
            JAVA_BYTE.withName("ifa_family"), JAVA_BYTE.withName("ifa_prefixlen"), JAVA_BYTE.withName("ifa_flags"),
            JAVA_BYTE.withName("ifa_scope"), JAVA_INT.withName("ifa_index")).withName("ifaddrmsg");

    /// linux/rtnetlink.h
    public static final StructLayout RTMSG = structLayout(
            JAVA_BYTE.withName("rtm_family"), JAVA_BYTE.withName("rtm_dst_len"), JAVA_BYTE.withName("rtm_src_len"),
            JAVA_BYTE.withName("rtm_tos"), JAVA_BYTE.withName("rtm_table"), JAVA_BYTE.withName("rtm_protocol"),
            JAVA_BYTE.withName("rtm_scope"), JAVA_BYTE.withName("rtm_type"), JAVA_INT.withName("rtm_flags"))
            .withName("rtmsg");

    /// linux/fib_rules.h
    public static final StructLayout FIB_RULE_HDR = structLayout(
            JAVA_BYTE.withName("family"), JAVA_BYTE.withName("dst_len"), JAVA_BYTE.withName("src_len"),
            JAVA_BYTE.withName("tos"), JAVA_BYTE.withName("table"), JAVA_BYTE.withName("res1"),
            JAVA_BYTE.withName("res2"), JAVA_BYTE.withName("action"), JAVA_INT.withName("flags"))
            .withName("fib_rule_hdr");

    /// linux/nexthop.h
    public static final StructLayout NHMSG = structLayout(
            JAVA_BYTE.withName("nh_family"), JAVA_BYTE.withName("nh_scope"), JAVA_BYTE.withName("nh_protocol"),
            JAVA_BYTE.withName("resvd"), JAVA_INT.withName("nh_flags")).withName("nhmsg");

    /// linux/neighbour.h
    public static final StructLayout NDMSG = structLayout(
            JAVA_BYTE.withName("ndm_family"), JAVA_BYTE.withName("ndm_pad1"), JAVA_SHORT.withName("ndm_pad2"),
            JAVA_INT.withName("ndm_ifindex"), JAVA_SHORT.withName("ndm_state"), JAVA_BYTE.withName("ndm_flags"),
            JAVA_BYTE.withName("ndm_type")).withName("ndmsg");

    /// linux/netfilter/nfnetlink.h
    public static final StructLayout NFGENMSG = structLayout(
            JAVA_BYTE.withName("nfgen_family"), JAVA_BYTE.withName("version"), BE16.withName("res_id"))
            .withName("nfgenmsg");

    /// linux/xfrm.h; addresses as bytes
    public static final StructLayout XFRM_SELECTOR = structLayout(
            sequenceLayout(16, JAVA_BYTE).withName("daddr"), sequenceLayout(16, JAVA_BYTE).withName("saddr"),
            BE16.withName("dport"), BE16.withName("dport_mask"), BE16.withName("sport"), BE16.withName("sport_mask"),
            JAVA_SHORT.withName("family"), JAVA_BYTE.withName("prefixlen_d"), JAVA_BYTE.withName("prefixlen_s"),
            JAVA_BYTE.withName("proto"), paddingLayout(3), JAVA_INT.withName("ifindex"), JAVA_INT.withName("user"))
            .withName("xfrm_selector");

    /// linux/xfrm.h; lifetimes as bytes
    public static final StructLayout XFRM_USERPOLICY_INFO = structLayout(
            XFRM_SELECTOR.withName("sel"), sequenceLayout(64, JAVA_BYTE).withName("lft"),
            sequenceLayout(32, JAVA_BYTE).withName("curlft"), JAVA_INT.withName("priority"),
            JAVA_INT.withName("index"), JAVA_BYTE.withName("dir"), JAVA_BYTE.withName("action"),
            JAVA_BYTE.withName("flags"), JAVA_BYTE.withName("share"), paddingLayout(4))
            .withName("xfrm_userpolicy_info");

    /// bits/resource.h
    public static final StructLayout RLIMIT = structLayout(
            JAVA_LONG.withName("rlim_cur"), JAVA_LONG.withName("rlim_max")).withName("rlimit");

    /// bits/statfs.h; all but the first field as bytes
    public static final StructLayout STATFS = structLayout(
            JAVA_LONG.withName("f_type"), sequenceLayout(112, JAVA_BYTE).withName("f_bsize")).withName("statfs");

    /// linux/bpf.h; the two registers share a byte, the destination in its lower half
    public static final StructLayout BPF_INSN = structLayout(
            JAVA_BYTE.withName("code"), JAVA_BYTE.withName("regs"), JAVA_SHORT.withName("off"),
            JAVA_INT.withName("imm")).withName("bpf_insn");

    /// linux/bpf.h: what of union bpf_attr BPF_MAP_CREATE takes, as far as it is used
    public static final StructLayout BPF_MAP_CREATE = structLayout(
            JAVA_INT.withName("map_type"), JAVA_INT.withName("key_size"), JAVA_INT.withName("value_size"),
            JAVA_INT.withName("max_entries"), JAVA_INT.withName("map_flags"), JAVA_INT.withName("inner_map_fd"),
            JAVA_INT.withName("numa_node"), sequenceLayout(16, JAVA_BYTE).withName("map_name"))
            .withName("bpf_map_create");

    /// linux/bpf.h: what BPF_MAP_*_ELEM takes; pointers as longs
    public static final StructLayout BPF_MAP_ELEM = structLayout(
            JAVA_INT.withName("map_fd"), paddingLayout(4), JAVA_LONG.withName("key"), JAVA_LONG.withName("value"),
            JAVA_LONG.withName("flags")).withName("bpf_map_elem");

    /// linux/bpf.h: what BPF_PROG_LOAD takes, as far as it is used
    public static final StructLayout BPF_PROG_LOAD = structLayout(
            JAVA_INT.withName("prog_type"), JAVA_INT.withName("insn_cnt"), JAVA_LONG.withName("insns"),
            JAVA_LONG.withName("license"), JAVA_INT.withName("log_level"), JAVA_INT.withName("log_size"),
            JAVA_LONG.withName("log_buf"), JAVA_INT.withName("kern_version"), JAVA_INT.withName("prog_flags"),
            sequenceLayout(16, JAVA_BYTE).withName("prog_name"), JAVA_INT.withName("prog_ifindex"),
            JAVA_INT.withName("expected_attach_type")).withName("bpf_prog_load");

    /// linux/bpf.h: what BPF_LINK_CREATE takes, as far as it is used
    public static final StructLayout BPF_LINK_CREATE = structLayout(
            JAVA_INT.withName("prog_fd"), JAVA_INT.withName("target_fd"), JAVA_INT.withName("attach_type"),
            JAVA_INT.withName("flags")).withName("bpf_link_create");

    /// linux/bpf.h: what BPF_LINK_UPDATE takes
    public static final StructLayout BPF_LINK_UPDATE = structLayout(
            JAVA_INT.withName("link_fd"), JAVA_INT.withName("new_prog_fd"), JAVA_INT.withName("flags"),
            JAVA_INT.withName("old_prog_fd")).withName("bpf_link_update");

    /// linux/bpf.h: what BPF_*_GET_NEXT_ID and BPF_*_GET_FD_BY_ID take
    public static final StructLayout BPF_GET_ID = structLayout(
            JAVA_INT.withName("id"), JAVA_INT.withName("next_id"), JAVA_INT.withName("open_flags"))
            .withName("bpf_get_id");

    /// linux/bpf.h: what BPF_OBJ_GET_INFO_BY_FD takes; a pointer as long
    public static final StructLayout BPF_OBJ_INFO = structLayout(
            JAVA_INT.withName("bpf_fd"), JAVA_INT.withName("info_len"), JAVA_LONG.withName("info"))
            .withName("bpf_obj_info");

    /// linux/bpf.h: what BPF_OBJ_PIN and BPF_OBJ_GET take; a pointer as long
    public static final StructLayout BPF_OBJ_PIN = structLayout(
            JAVA_LONG.withName("pathname"), JAVA_INT.withName("bpf_fd"), JAVA_INT.withName("file_flags"))
            .withName("bpf_obj_pin");

    /// linux/bpf.h: what BPF_PROG_QUERY takes; pointers as longs, from link_ids on since Linux 6.6. The kernel writes all of it,
    /// whatever size it is told.
    public static final StructLayout BPF_PROG_QUERY = structLayout(
            JAVA_INT.withName("target_fd"), JAVA_INT.withName("attach_type"), JAVA_INT.withName("query_flags"),
            JAVA_INT.withName("attach_flags"), JAVA_LONG.withName("prog_ids"), JAVA_INT.withName("prog_cnt"),
            paddingLayout(4), JAVA_LONG.withName("prog_attach_flags"), JAVA_LONG.withName("link_ids"),
            JAVA_LONG.withName("link_attach_flags"), JAVA_LONG.withName("revision"))
            .withName("bpf_prog_query");

    /// linux/bpf.h: the beginning of struct bpf_prog_info
    public static final StructLayout BPF_PROG_INFO = structLayout(
            JAVA_INT.withName("type"), JAVA_INT.withName("id"), sequenceLayout(8, JAVA_BYTE).withName("tag"),
            JAVA_INT.withName("jited_prog_len"), JAVA_INT.withName("xlated_prog_len"),
            JAVA_LONG.withName("jited_prog_insns"), JAVA_LONG.withName("xlated_prog_insns"),
            JAVA_LONG.withName("load_time"), JAVA_INT.withName("created_by_uid"), JAVA_INT.withName("nr_map_ids"),
            JAVA_LONG.withName("map_ids"), sequenceLayout(16, JAVA_BYTE).withName("name")).withName("bpf_prog_info");

    /// linux/bpf.h: the beginning of struct bpf_map_info
    public static final StructLayout BPF_MAP_INFO = structLayout(
            JAVA_INT.withName("type"), JAVA_INT.withName("id"), JAVA_INT.withName("key_size"),
            JAVA_INT.withName("value_size"), JAVA_INT.withName("max_entries"), JAVA_INT.withName("map_flags"),
            sequenceLayout(16, JAVA_BYTE).withName("name")).withName("bpf_map_info");

    /// linux/bpf.h: the beginning of struct bpf_link_info; ifindex and attach_type are those of a TCX link
    public static final StructLayout BPF_LINK_INFO = structLayout(
            JAVA_INT.withName("type"), JAVA_INT.withName("id"), JAVA_INT.withName("prog_id"), paddingLayout(4),
            JAVA_INT.withName("ifindex"), JAVA_INT.withName("attach_type")).withName("bpf_link_info");

    /// linux/bpf.h: what a program of type BPF_PROG_TYPE_SK_LOOKUP is given
    public static final StructLayout BPF_SK_LOOKUP = structLayout(
            JAVA_LONG.withName("cookie"), JAVA_INT.withName("family"), JAVA_INT.withName("protocol"),
            BE32.withName("remote_ip4"), sequenceLayout(4, BE32).withName("remote_ip6"), BE16.withName("remote_port"),
            paddingLayout(2), BE32.withName("local_ip4"), sequenceLayout(4, BE32).withName("local_ip6"),
            JAVA_INT.withName("local_port"), JAVA_INT.withName("ingress_ifindex"), paddingLayout(4))
            .withName("bpf_sk_lookup");

    /// linux/netfilter_ipv4/ip_tables.h; the arrays are by hook
    public static final StructLayout IPT_GETINFO = structLayout(
            sequenceLayout(32, JAVA_BYTE).withName("name"), JAVA_INT.withName("valid_hooks"),
            sequenceLayout(5, JAVA_INT).withName("hook_entry"), sequenceLayout(5, JAVA_INT).withName("underflow"),
            JAVA_INT.withName("num_entries"), JAVA_INT.withName("size")).withName("ipt_getinfo");

    /// linux/mroute.h; vifc_lcl_ifindex shares its place with an address
    public static final StructLayout VIFCTL = structLayout(
            JAVA_SHORT.withName("vifc_vifi"), JAVA_BYTE.withName("vifc_flags"), JAVA_BYTE.withName("vifc_threshold"),
            JAVA_INT.withName("vifc_rate_limit"), JAVA_INT.withName("vifc_lcl_ifindex"),
            BE32.withName("vifc_rmt_addr")).withName("vifctl");

    /// linux/mroute.h
    public static final StructLayout MFCCTL = structLayout(
            BE32.withName("mfcc_origin"), BE32.withName("mfcc_mcastgrp"), JAVA_SHORT.withName("mfcc_parent"),
            sequenceLayout(32, JAVA_BYTE).withName("mfcc_ttls"), paddingLayout(2), JAVA_INT.withName("mfcc_pkt_cnt"),
            JAVA_INT.withName("mfcc_byte_cnt"), JAVA_INT.withName("mfcc_wrong_if"), JAVA_INT.withName("mfcc_expire"))
            .withName("mfcctl");

    /// linux/mroute.h; it stands where an IP header would
    public static final StructLayout IGMPMSG = structLayout(
            JAVA_INT.withName("unused1"), JAVA_INT.withName("unused2"), JAVA_BYTE.withName("im_msgtype"),
            JAVA_BYTE.withName("im_mbz"), JAVA_BYTE.withName("im_vif"), JAVA_BYTE.withName("im_vif_hi"),
            BE32.withName("im_src"), BE32.withName("im_dst")).withName("igmpmsg");

    /// linux/mroute.h
    public static final StructLayout SIOC_SG_REQ = structLayout(
            BE32.withName("src"), BE32.withName("grp"), JAVA_LONG.withName("pktcnt"), JAVA_LONG.withName("bytecnt"),
            JAVA_LONG.withName("wrong_if")).withName("sioc_sg_req");

    /// linux/mroute.h
    public static final StructLayout SIOC_VIF_REQ = structLayout(
            JAVA_SHORT.withName("vifi"), paddingLayout(6), JAVA_LONG.withName("icount"), JAVA_LONG.withName("ocount"),
            JAVA_LONG.withName("ibytes"), JAVA_LONG.withName("obytes")).withName("sioc_vif_req");

    /// linux/rtnetlink.h
    public static final StructLayout RTNEXTHOP = structLayout(
            JAVA_SHORT.withName("rtnh_len"), JAVA_BYTE.withName("rtnh_flags"), JAVA_BYTE.withName("rtnh_hops"),
            JAVA_INT.withName("rtnh_ifindex")).withName("rtnexthop");

    /// All of the above.
    public static final List<StructLayout> ALL = List.of(SOCKADDR_IN, SOCKADDR_UN, SOCKADDR_LL, SOCKADDR_NL, IOVEC,
            MSGHDR, MMSGHDR,
            CMSGHDR,
            IN_PKTINFO, IP_MREQN, SOCK_FILTER, SOCK_FPROG, SOCK_EXTENDED_ERR, TIMEVAL, POLLFD, UCRED, IFREQ, NLMSGHDR,
            NLATTR,
            IFINFOMSG, TCMSG, IFADDRMSG, RTMSG, FIB_RULE_HDR, NHMSG, NDMSG, NFGENMSG,
            XFRM_SELECTOR, XFRM_USERPOLICY_INFO, RLIMIT, STATFS, BPF_INSN, BPF_MAP_CREATE, BPF_MAP_ELEM, BPF_PROG_LOAD,
            BPF_LINK_CREATE, BPF_LINK_UPDATE, BPF_GET_ID, BPF_OBJ_INFO, BPF_OBJ_PIN, BPF_PROG_QUERY, BPF_PROG_INFO,
            BPF_MAP_INFO, BPF_LINK_INFO, BPF_SK_LOOKUP, IPT_GETINFO, VIFCTL, MFCCTL, IGMPMSG, SIOC_SG_REQ, SIOC_VIF_REQ,
            RTNEXTHOP, PACKET_MREQ);

    private Structs() {}

    /// Bytes from the start of `struct` to `field`. For static final constants, which the JIT folds.
    public static long offset(StructLayout struct, String field) {
        return struct.byteOffset(PathElement.groupElement(field));
    }
}
