/* The proxy client's copies, made multicast again where they arrive, before this host looks at them.
 *
 * `tcx/ingress` runs on each interface that copies come to. A copy of a configured server gets its group as destination; it then
 * goes out by the interfaces where it is to be restored, and up this host's own stack as if it had arrived there as multicast, so
 * that applications get it that joined on that interface. A frame with a train of datagrams (GRO, or GSO over veth) stays one.
 *
 * What it does not take (fragments, IP options, what is too large for an interface, copies without the marker, and everything that
 * no entry names) goes on as if nothing were here, and is the client's in user space. Both its ways carry RESTORE_MARK, by which a
 * proxy server of this host leaves them alone.
 *
 * The packet is read in place but written by bpf_skb_store_bytes: a program that writes in place has the kernel copy the headers of
 * every cloned frame first, whatever it is.
 *
 * Everything here is in the kernel's byte order but what is called __be. See io.nubicast.dataplane.ebpf. */
#include "nubicast.h"

#define MOST_OUTPUTS 8
#define IP_LENGTH_OF(udp_length) ((udp_length) + IP_BYTES)
#define NET_XMIT_CN 2

/* struct entry, flags */
enum { LEFT_TO_USER_SPACE = 1, ONLY_MARKED = 2 };

struct key {
	__be32 server;
	__be32 local;
	/* 0 for any */
	__be16 port;
	__u16 zero;
};

/* Where copies are restored. */
struct output {
	__u32 interface;
	__u16 address[3];
	/* Of the IP packets that it takes. */
	__u16 mtu;
};

struct entry {
	__be32 group;
	/* 0 keeps the copy's. */
	__be16 port;
	__u8 ttl;
	/* ONLY_MARKED: what copies must carry. */
	__u8 tos;
	__u32 flags;
	/* Which owns the address: what arrives by another is left to user space. */
	__u32 interface;
	/* Index of the first processor's entry in `counters`. */
	__u32 counters;
	__u32 outputs;
	struct output output[MOST_OUTPUTS];
};

/* What one processor counted of one entry; a cache line. */
struct count {
	/* Taken: datagrams, bytes of payload, frames. */
	__u64 datagrams;
	__u64 bytes;
	__u64 frames;
	/* Sent by an output, once for each. */
	__u64 restored_datagrams;
	__u64 restored_bytes;
	__u64 restored_frames;
	/* Datagrams that an output did not take: its queue was full; for another reason. */
	__u64 full;
	__u64 failed;
};

SEC("maps") struct bpf_map_def entries = {
	.type = BPF_MAP_TYPE_HASH,
	.key_size = sizeof(struct key),
	.value_size = sizeof(struct entry),
	.max_entries = 131072,
	.map_flags = BPF_F_NO_PREALLOC,
};

SEC("maps") struct bpf_map_def counters = {
	.type = BPF_MAP_TYPE_ARRAY,
	.key_size = 4,
	.value_size = sizeof(struct count),
	.max_entries = 1,
	.map_flags = BPF_F_MMAPABLE,
};

SEC("license") const char licensed[] = "Apache-2.0";

/* The headers in front of UDP's, as they are written. */
struct head {
	__u16 words[(ETHERNET_BYTES + IP_BYTES) / 2];
};

static __always_inline __u32 header_sum(const struct ipv4 *ip)
{
	const __u16 *word = (const void *)ip;
	__u32 sum = 0;

#pragma unroll
	for (int i = 0; i < IP_BYTES / 2; i++)
		sum += word[i];
	return sum;
}

/* The exact port before any. */
static __always_inline const struct entry *find(struct key *key)
{
	const struct entry *entry = bpf_map_lookup_elem(&entries, key);

	if (!entry) {
		key->port = 0;
		entry = bpf_map_lookup_elem(&entries, key);
	}
	return entry;
}

SEC("tcx/ingress") int client(struct __sk_buff *skb)
{
	/* What carries a VLAN tag is the VLAN's own device's; what is not for this host's hardware address is nobody's here. */
	if (skb->protocol != htons(ETH_P_IP) || skb->pkt_type != PACKET_HOST || skb->vlan_present)
		return TCX_NEXT;
	struct ethernet *h = headers_of(skb);

	if (!h || ip_of(h)->version_ihl != 0x45 || ip_of(h)->protocol != IPPROTO_UDP
	    || (ip_of(h)->fragment & htons(MORE_FRAGMENTS_AND_OFFSET)))
		return TCX_NEXT;
	const __be16 port = udp_of(h)->destination;
	struct key key = {.server = ip_of(h)->source, .local = ip_of(h)->destination, .port = port};
	const struct entry *e = find(&key);

	if (!e || e->interface != skb->ifindex || e->flags & LEFT_TO_USER_SPACE || !port)
		return TCX_NEXT;
	const __u32 udp_length = ntohs(udp_of(h)->length);
	const __u32 segment = skb->gso_size;
	const __u32 packet_length = segment ? segment + IP_BYTES + UDP_BYTES : udp_length + IP_BYTES;

	/* What is damaged is counted in user space. */
	if (udp_length < UDP_BYTES || udp_length + IP_BYTES != ntohs(ip_of(h)->length)
	    || skb->len < ETHERNET_BYTES + IP_BYTES + udp_length || folded(header_sum(ip_of(h))) != 0xFFFF)
		return TCX_NEXT;
	if (e->flags & ONLY_MARKED && ip_of(h)->tos != e->tos)
		return TCX_NEXT;
	for (__u32 i = 0; i < MOST_OUTPUTS; i++) {
		if (i >= e->outputs)
			break;
		if (packet_length > e->output[i].mtu)
			return TCX_NEXT;
	}
	__u32 at = e->counters + bpf_get_smp_processor_id();
	struct count *count = bpf_map_lookup_elem(&counters, &at);

	if (!count)
		return TCX_NEXT;
	const __u32 payload = udp_length - UDP_BYTES;
	const __u32 datagrams = segment ? (payload + segment - 1) / segment : 1;
	const __be32 group = e->group;
	struct head head;

	count->datagrams += datagrams;
	count->bytes += payload;
	count->frames += 1;

	const int broadcast = (group & 0xF0) != 0xE0;

	/* All ones; or 01:00:5e and the group's lower 23 bits. */
	head.words[0] = broadcast ? 0xFFFF : 0x0001;
	head.words[1] = broadcast ? 0xFFFF : (__u16)(0x5E | (group & 0x7F00));
	head.words[2] = broadcast ? 0xFFFF : (__u16)(group >> 16);
	head.words[3] = h->source[0];
	head.words[4] = h->source[1];
	head.words[5] = h->source[2];
	head.words[6] = htons(ETH_P_IP);
	struct ipv4 ip = *ip_of(h);

	/* With DF a sender may leave the identification 0 for all; without, each needs its own (RFC 6864). */
	if (!ip.id)
		ip.id = htons((__u16)(count->datagrams + bpf_get_smp_processor_id() * 0x9E37));
	ip.fragment = 0;
	ip.ttl = e->ttl;
	ip.destination = group;
	ip.check = 0;
	ip.check = (__u16)~folded(header_sum(&ip));
	__builtin_memcpy(&head.words[ETHERNET_BYTES / 2], &ip, IP_BYTES);

	if (e->port && e->port != port) {
		const __be16 group_port = e->port;

		bpf_l4_csum_replace(skb, UDP_CHECKSUM, port, group_port, BPF_F_MARK_MANGLED_0 | 2);
		bpf_skb_store_bytes(skb, ETHERNET_BYTES + IP_BYTES + 2, &group_port, 2, 0);
	}
	bpf_l4_csum_replace(skb, UDP_CHECKSUM, key.local, group, BPF_F_PSEUDO_HDR | BPF_F_MARK_MANGLED_0 | 4);
	bpf_skb_store_bytes(skb, 0, &head, sizeof(head), 0);
	skb->mark = RESTORE_MARK;
	/* Else a socket that is connected to the group may get it alone. */
	bpf_skb_change_type(skb, broadcast ? PACKET_BROADCAST : PACKET_MULTICAST);

	/* Up whose stack it goes besides this one's; the last of them gets the frame itself if this one does not. */
	__u32 elsewhere = 0;
	int here = 0;

	for (__u32 i = 0; i < MOST_OUTPUTS; i++) {
		if (i >= e->outputs)
			break;
		const struct output *output = &e->output[i];

		bpf_skb_store_bytes(skb, 6, output->address, 6, 0);
		long failed = bpf_clone_redirect(skb, output->interface, 0);

		if (likely(!failed || failed == NET_XMIT_CN)) {
			count->restored_datagrams += datagrams;
			count->restored_bytes += payload;
			count->restored_frames += 1;
		} else if (failed > 0) {
			count->full += datagrams;
		} else {
			count->failed += datagrams;
		}
		if (output->interface == skb->ifindex) {
			here = 1;
			continue;
		}
		if (elsewhere)
			bpf_clone_redirect(skb, elsewhere, BPF_F_INGRESS);
		elsewhere = output->interface;
	}
	if (!here)
		return (int)bpf_redirect(elsewhere, BPF_F_INGRESS);
	if (elsewhere)
		bpf_clone_redirect(skb, elsewhere, BPF_F_INGRESS);
	return TCX_NEXT;
}
