/* Prints the size of every struct of Structs.java and the offset of its fields, as committed in structs.txt:
 *   gcc -o /tmp/structs structs.c && /tmp/structs > ../resources/io/nubicast/kernel/sys/structs.txt */
#define _GNU_SOURCE
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/time.h>
#include <sys/poll.h>
#include <netinet/in.h>
#include <net/if.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/fib_rules.h>
#include <linux/nexthop.h>
#include <linux/filter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/mroute.h>
#include <linux/xfrm.h>
#include <linux/errqueue.h>
#include <linux/bpf.h>
#include <sys/resource.h>
#include <sys/un.h>
#include <sys/vfs.h>

#define SIZE(s) printf("%s %zu\n", #s, sizeof(struct s))
#define BEGINNING(s, last) printf("%s %zu\n", #s, offsetof(struct s, last) + sizeof(((struct s *)0)->last))
#define FIELD(s, f) printf("%s.%s %zu\n", #s, #f, offsetof(struct s, f))
/* union bpf_attr holds a struct without a name for each command: its size is where its last field ends. */
#define ATTR(s, last) printf("%s %zu\n", #s, offsetof(union bpf_attr, last) + sizeof(((union bpf_attr *)0)->last))
#define ATTR_FIELD(s, f) printf("%s.%s %zu\n", #s, #f, offsetof(union bpf_attr, f))

int main(void)
{
	SIZE(sockaddr_in);
	FIELD(sockaddr_in, sin_family);
	FIELD(sockaddr_in, sin_port);
	FIELD(sockaddr_in, sin_addr);
	FIELD(sockaddr_in, sin_zero);
	SIZE(sockaddr_un);
	FIELD(sockaddr_un, sun_family);
	FIELD(sockaddr_un, sun_path);
	SIZE(sockaddr_ll);
	FIELD(sockaddr_ll, sll_family);
	FIELD(sockaddr_ll, sll_protocol);
	FIELD(sockaddr_ll, sll_ifindex);
	FIELD(sockaddr_ll, sll_hatype);
	FIELD(sockaddr_ll, sll_pkttype);
	FIELD(sockaddr_ll, sll_halen);
	FIELD(sockaddr_ll, sll_addr);
	SIZE(sockaddr_nl);
	FIELD(sockaddr_nl, nl_family);
	FIELD(sockaddr_nl, nl_pad);
	FIELD(sockaddr_nl, nl_pid);
	FIELD(sockaddr_nl, nl_groups);
	SIZE(iovec);
	FIELD(iovec, iov_base);
	FIELD(iovec, iov_len);
	SIZE(msghdr);
	FIELD(msghdr, msg_name);
	FIELD(msghdr, msg_namelen);
	FIELD(msghdr, msg_iov);
	FIELD(msghdr, msg_iovlen);
	FIELD(msghdr, msg_control);
	FIELD(msghdr, msg_controllen);
	FIELD(msghdr, msg_flags);
	SIZE(mmsghdr);
	FIELD(mmsghdr, msg_hdr);
	FIELD(mmsghdr, msg_len);
	SIZE(cmsghdr);
	FIELD(cmsghdr, cmsg_len);
	FIELD(cmsghdr, cmsg_level);
	FIELD(cmsghdr, cmsg_type);
	SIZE(in_pktinfo);
	FIELD(in_pktinfo, ipi_ifindex);
	FIELD(in_pktinfo, ipi_spec_dst);
	FIELD(in_pktinfo, ipi_addr);
	SIZE(ip_mreqn);
	FIELD(ip_mreqn, imr_multiaddr);
	FIELD(ip_mreqn, imr_address);
	FIELD(ip_mreqn, imr_ifindex);
	SIZE(sock_filter);
	FIELD(sock_filter, code);
	FIELD(sock_filter, jt);
	FIELD(sock_filter, jf);
	FIELD(sock_filter, k);
	SIZE(sock_fprog);
	FIELD(sock_fprog, len);
	FIELD(sock_fprog, filter);
	SIZE(sock_extended_err);
	FIELD(sock_extended_err, ee_errno);
	FIELD(sock_extended_err, ee_origin);
	FIELD(sock_extended_err, ee_type);
	FIELD(sock_extended_err, ee_code);
	FIELD(sock_extended_err, ee_pad);
	FIELD(sock_extended_err, ee_info);
	FIELD(sock_extended_err, ee_data);
	SIZE(timeval);
	FIELD(timeval, tv_sec);
	FIELD(timeval, tv_usec);
	SIZE(pollfd);
	FIELD(pollfd, fd);
	FIELD(pollfd, events);
	FIELD(pollfd, revents);
	SIZE(ucred);
	FIELD(ucred, pid);
	FIELD(ucred, uid);
	FIELD(ucred, gid);
	SIZE(ifreq);
	FIELD(ifreq, ifr_name);
	FIELD(ifreq, ifr_ifru);
	SIZE(nlmsghdr);
	FIELD(nlmsghdr, nlmsg_len);
	FIELD(nlmsghdr, nlmsg_type);
	FIELD(nlmsghdr, nlmsg_flags);
	FIELD(nlmsghdr, nlmsg_seq);
	FIELD(nlmsghdr, nlmsg_pid);
	SIZE(nlattr);
	FIELD(nlattr, nla_len);
	FIELD(nlattr, nla_type);
	SIZE(ifinfomsg);
	FIELD(ifinfomsg, ifi_family);
	FIELD(ifinfomsg, __ifi_pad);
	FIELD(ifinfomsg, ifi_type);
	FIELD(ifinfomsg, ifi_index);
	FIELD(ifinfomsg, ifi_flags);
	FIELD(ifinfomsg, ifi_change);
	SIZE(tcmsg);
	FIELD(tcmsg, tcm_family);
	FIELD(tcmsg, tcm__pad1);
	FIELD(tcmsg, tcm__pad2);
	FIELD(tcmsg, tcm_ifindex);
	FIELD(tcmsg, tcm_handle);
	FIELD(tcmsg, tcm_parent);
	FIELD(tcmsg, tcm_info);
	SIZE(ifaddrmsg);
	FIELD(ifaddrmsg, ifa_family);
	FIELD(ifaddrmsg, ifa_prefixlen);
	FIELD(ifaddrmsg, ifa_flags);
	FIELD(ifaddrmsg, ifa_scope);
	FIELD(ifaddrmsg, ifa_index);
	SIZE(rtmsg);
	FIELD(rtmsg, rtm_family);
	FIELD(rtmsg, rtm_dst_len);
	FIELD(rtmsg, rtm_src_len);
	FIELD(rtmsg, rtm_tos);
	FIELD(rtmsg, rtm_table);
	FIELD(rtmsg, rtm_protocol);
	FIELD(rtmsg, rtm_scope);
	FIELD(rtmsg, rtm_type);
	FIELD(rtmsg, rtm_flags);
	SIZE(fib_rule_hdr);
	FIELD(fib_rule_hdr, family);
	FIELD(fib_rule_hdr, dst_len);
	FIELD(fib_rule_hdr, src_len);
	FIELD(fib_rule_hdr, tos);
	FIELD(fib_rule_hdr, table);
	FIELD(fib_rule_hdr, res1);
	FIELD(fib_rule_hdr, res2);
	FIELD(fib_rule_hdr, action);
	FIELD(fib_rule_hdr, flags);
	SIZE(nhmsg);
	FIELD(nhmsg, nh_family);
	FIELD(nhmsg, nh_scope);
	FIELD(nhmsg, nh_protocol);
	FIELD(nhmsg, resvd);
	FIELD(nhmsg, nh_flags);
	SIZE(ndmsg);
	FIELD(ndmsg, ndm_family);
	FIELD(ndmsg, ndm_pad1);
	FIELD(ndmsg, ndm_pad2);
	FIELD(ndmsg, ndm_ifindex);
	FIELD(ndmsg, ndm_state);
	FIELD(ndmsg, ndm_flags);
	FIELD(ndmsg, ndm_type);
	SIZE(nfgenmsg);
	FIELD(nfgenmsg, nfgen_family);
	FIELD(nfgenmsg, version);
	FIELD(nfgenmsg, res_id);
	SIZE(xfrm_selector);
	FIELD(xfrm_selector, daddr);
	FIELD(xfrm_selector, saddr);
	FIELD(xfrm_selector, dport);
	FIELD(xfrm_selector, dport_mask);
	FIELD(xfrm_selector, sport);
	FIELD(xfrm_selector, sport_mask);
	FIELD(xfrm_selector, family);
	FIELD(xfrm_selector, prefixlen_d);
	FIELD(xfrm_selector, prefixlen_s);
	FIELD(xfrm_selector, proto);
	FIELD(xfrm_selector, ifindex);
	FIELD(xfrm_selector, user);
	SIZE(xfrm_userpolicy_info);
	FIELD(xfrm_userpolicy_info, sel);
	FIELD(xfrm_userpolicy_info, lft);
	FIELD(xfrm_userpolicy_info, curlft);
	FIELD(xfrm_userpolicy_info, priority);
	FIELD(xfrm_userpolicy_info, index);
	FIELD(xfrm_userpolicy_info, dir);
	FIELD(xfrm_userpolicy_info, action);
	FIELD(xfrm_userpolicy_info, flags);
	FIELD(xfrm_userpolicy_info, share);
	SIZE(rlimit);
	FIELD(rlimit, rlim_cur);
	FIELD(rlimit, rlim_max);
	SIZE(statfs);
	FIELD(statfs, f_type);
	FIELD(statfs, f_bsize);
	SIZE(bpf_insn);
	FIELD(bpf_insn, code);
	/* bit fields have no offset */
	printf("bpf_insn.regs 1\n");
	FIELD(bpf_insn, off);
	FIELD(bpf_insn, imm);
	ATTR(bpf_map_create, map_name);
	ATTR_FIELD(bpf_map_create, map_type);
	ATTR_FIELD(bpf_map_create, key_size);
	ATTR_FIELD(bpf_map_create, value_size);
	ATTR_FIELD(bpf_map_create, max_entries);
	ATTR_FIELD(bpf_map_create, map_flags);
	ATTR_FIELD(bpf_map_create, inner_map_fd);
	ATTR_FIELD(bpf_map_create, numa_node);
	ATTR_FIELD(bpf_map_create, map_name);
	ATTR(bpf_map_elem, flags);
	ATTR_FIELD(bpf_map_elem, map_fd);
	ATTR_FIELD(bpf_map_elem, key);
	ATTR_FIELD(bpf_map_elem, value);
	ATTR_FIELD(bpf_map_elem, flags);
	ATTR(bpf_prog_load, expected_attach_type);
	ATTR_FIELD(bpf_prog_load, prog_type);
	ATTR_FIELD(bpf_prog_load, insn_cnt);
	ATTR_FIELD(bpf_prog_load, insns);
	ATTR_FIELD(bpf_prog_load, license);
	ATTR_FIELD(bpf_prog_load, log_level);
	ATTR_FIELD(bpf_prog_load, log_size);
	ATTR_FIELD(bpf_prog_load, log_buf);
	ATTR_FIELD(bpf_prog_load, kern_version);
	ATTR_FIELD(bpf_prog_load, prog_flags);
	ATTR_FIELD(bpf_prog_load, prog_name);
	ATTR_FIELD(bpf_prog_load, prog_ifindex);
	ATTR_FIELD(bpf_prog_load, expected_attach_type);
	printf("bpf_link_create %zu\n", offsetof(union bpf_attr, link_create.flags) + 4 - offsetof(union bpf_attr, link_create));
	printf("bpf_link_create.prog_fd %zu\n", offsetof(union bpf_attr, link_create.prog_fd));
	printf("bpf_link_create.target_fd %zu\n", offsetof(union bpf_attr, link_create.target_fd));
	printf("bpf_link_create.attach_type %zu\n", offsetof(union bpf_attr, link_create.attach_type));
	printf("bpf_link_create.flags %zu\n", offsetof(union bpf_attr, link_create.flags));
	printf("bpf_link_update %zu\n", offsetof(union bpf_attr, link_update.old_prog_fd) + 4 - offsetof(union bpf_attr, link_update));
	printf("bpf_link_update.link_fd %zu\n", offsetof(union bpf_attr, link_update.link_fd));
	printf("bpf_link_update.new_prog_fd %zu\n", offsetof(union bpf_attr, link_update.new_prog_fd));
	printf("bpf_link_update.flags %zu\n", offsetof(union bpf_attr, link_update.flags));
	printf("bpf_link_update.old_prog_fd %zu\n", offsetof(union bpf_attr, link_update.old_prog_fd));
	printf("bpf_get_id %zu\n", offsetof(union bpf_attr, open_flags) + 4);
	/* in a union without a name: start_id, prog_id, map_id, link_id */
	printf("bpf_get_id.id %zu\n", offsetof(union bpf_attr, prog_id));
	ATTR_FIELD(bpf_get_id, next_id);
	ATTR_FIELD(bpf_get_id, open_flags);
	printf("bpf_obj_info %zu\n", offsetof(union bpf_attr, info.info) + 8);
	printf("bpf_obj_info.bpf_fd %zu\n", offsetof(union bpf_attr, info.bpf_fd));
	printf("bpf_obj_info.info_len %zu\n", offsetof(union bpf_attr, info.info_len));
	printf("bpf_obj_info.info %zu\n", offsetof(union bpf_attr, info.info));
	ATTR(bpf_obj_pin, file_flags);
	ATTR_FIELD(bpf_obj_pin, pathname);
	ATTR_FIELD(bpf_obj_pin, bpf_fd);
	ATTR_FIELD(bpf_obj_pin, file_flags);
	/* link_ids and what follows: Linux 6.6, behind prog_attach_flags */
	printf("bpf_prog_query %zu\n", offsetof(union bpf_attr, query.prog_attach_flags) + 32);
	printf("bpf_prog_query.target_fd %zu\n", offsetof(union bpf_attr, query.target_fd));
	printf("bpf_prog_query.attach_type %zu\n", offsetof(union bpf_attr, query.attach_type));
	printf("bpf_prog_query.query_flags %zu\n", offsetof(union bpf_attr, query.query_flags));
	printf("bpf_prog_query.attach_flags %zu\n", offsetof(union bpf_attr, query.attach_flags));
	printf("bpf_prog_query.prog_ids %zu\n", offsetof(union bpf_attr, query.prog_ids));
	printf("bpf_prog_query.prog_cnt %zu\n", offsetof(union bpf_attr, query.prog_cnt));
	printf("bpf_prog_query.prog_attach_flags %zu\n", offsetof(union bpf_attr, query.prog_attach_flags));
	printf("bpf_prog_query.link_ids %zu\n", offsetof(union bpf_attr, query.prog_attach_flags) + 8);
	printf("bpf_prog_query.link_attach_flags %zu\n", offsetof(union bpf_attr, query.prog_attach_flags) + 16);
	printf("bpf_prog_query.revision %zu\n", offsetof(union bpf_attr, query.prog_attach_flags) + 24);
	BEGINNING(bpf_prog_info, name);
	FIELD(bpf_prog_info, type);
	FIELD(bpf_prog_info, id);
	FIELD(bpf_prog_info, tag);
	FIELD(bpf_prog_info, jited_prog_len);
	FIELD(bpf_prog_info, xlated_prog_len);
	FIELD(bpf_prog_info, jited_prog_insns);
	FIELD(bpf_prog_info, xlated_prog_insns);
	FIELD(bpf_prog_info, load_time);
	FIELD(bpf_prog_info, created_by_uid);
	FIELD(bpf_prog_info, nr_map_ids);
	FIELD(bpf_prog_info, map_ids);
	FIELD(bpf_prog_info, name);
	BEGINNING(bpf_map_info, name);
	FIELD(bpf_map_info, type);
	FIELD(bpf_map_info, id);
	FIELD(bpf_map_info, key_size);
	FIELD(bpf_map_info, value_size);
	FIELD(bpf_map_info, max_entries);
	FIELD(bpf_map_info, map_flags);
	FIELD(bpf_map_info, name);
	/* tcx, since Linux 6.6, has ifindex and attach_type where the union begins */
	printf("bpf_link_info %zu\n", offsetof(struct bpf_link_info, raw_tracepoint) + 8);
	FIELD(bpf_link_info, type);
	FIELD(bpf_link_info, id);
	FIELD(bpf_link_info, prog_id);
	printf("bpf_link_info.ifindex %zu\n", offsetof(struct bpf_link_info, raw_tracepoint));
	printf("bpf_link_info.attach_type %zu\n", offsetof(struct bpf_link_info, raw_tracepoint) + 4);
	SIZE(bpf_sk_lookup);
	FIELD(bpf_sk_lookup, cookie);
	FIELD(bpf_sk_lookup, family);
	FIELD(bpf_sk_lookup, protocol);
	FIELD(bpf_sk_lookup, remote_ip4);
	FIELD(bpf_sk_lookup, remote_ip6);
	FIELD(bpf_sk_lookup, remote_port);
	FIELD(bpf_sk_lookup, local_ip4);
	FIELD(bpf_sk_lookup, local_ip6);
	FIELD(bpf_sk_lookup, local_port);
	FIELD(bpf_sk_lookup, ingress_ifindex);
	SIZE(ipt_getinfo);
	FIELD(ipt_getinfo, name);
	FIELD(ipt_getinfo, valid_hooks);
	FIELD(ipt_getinfo, hook_entry);
	FIELD(ipt_getinfo, underflow);
	FIELD(ipt_getinfo, num_entries);
	FIELD(ipt_getinfo, size);
	SIZE(vifctl);
	FIELD(vifctl, vifc_vifi);
	FIELD(vifctl, vifc_flags);
	FIELD(vifctl, vifc_threshold);
	FIELD(vifctl, vifc_rate_limit);
	FIELD(vifctl, vifc_lcl_ifindex);
	FIELD(vifctl, vifc_rmt_addr);
	SIZE(mfcctl);
	FIELD(mfcctl, mfcc_origin);
	FIELD(mfcctl, mfcc_mcastgrp);
	FIELD(mfcctl, mfcc_parent);
	FIELD(mfcctl, mfcc_ttls);
	FIELD(mfcctl, mfcc_pkt_cnt);
	FIELD(mfcctl, mfcc_byte_cnt);
	FIELD(mfcctl, mfcc_wrong_if);
	FIELD(mfcctl, mfcc_expire);
	SIZE(igmpmsg);
	FIELD(igmpmsg, unused1);
	FIELD(igmpmsg, unused2);
	FIELD(igmpmsg, im_msgtype);
	FIELD(igmpmsg, im_mbz);
	FIELD(igmpmsg, im_vif);
	FIELD(igmpmsg, im_vif_hi);
	FIELD(igmpmsg, im_src);
	FIELD(igmpmsg, im_dst);
	SIZE(sioc_sg_req);
	FIELD(sioc_sg_req, src);
	FIELD(sioc_sg_req, grp);
	FIELD(sioc_sg_req, pktcnt);
	FIELD(sioc_sg_req, bytecnt);
	FIELD(sioc_sg_req, wrong_if);
	SIZE(sioc_vif_req);
	FIELD(sioc_vif_req, vifi);
	FIELD(sioc_vif_req, icount);
	FIELD(sioc_vif_req, ocount);
	FIELD(sioc_vif_req, ibytes);
	FIELD(sioc_vif_req, obytes);
	SIZE(rtnexthop);
	FIELD(rtnexthop, rtnh_len);
	FIELD(rtnexthop, rtnh_flags);
	FIELD(rtnexthop, rtnh_hops);
	FIELD(rtnexthop, rtnh_ifindex);
	SIZE(packet_mreq);
	FIELD(packet_mreq, mr_ifindex);
	FIELD(packet_mreq, mr_type);
	FIELD(packet_mreq, mr_alen);
	FIELD(packet_mreq, mr_address);
	return 0;
}
