/* Tunnels in the kernel: GRE (RFC 2784, 2890) and GRE in UDP (RFC 8086) on a plain TUN device.
 *
 * `tcx/egress` runs on each tunnel's device: what the kernel sends there gets its outer headers and leaves by the underlay that the
 * tunnel's entry names. `tcx/ingress` runs on each underlay: what arrives for a tunnel loses its outer headers and
 * arrives on the tunnel's device. A packet that is to be segmented stays one.
 *
 * What they do not take goes on as if nothing were here, and user space, at the other end of the device and at a socket for the
 * protocol, does the rest: fragments, options, checksums of GRE and UDP, keepalives, marks of congestion, what is too large, and
 * everything that no entry names.
 *
 * Everything here is in the kernel's byte order but what is called __be. See io.nubicast.dataplane.gre. */
#include "nubicast.h"

#define IPPROTO_TCP 6
#define IPPROTO_GRE 47
#define DONT_FRAGMENT 0x4000
#define GRE_CHECKSUM 0x8000
#define GRE_KEY 0x2000
#define GRE_SEQUENCE 0x1000
#define GRE_BYTES 4
#define ECN 3
#define FIRST_SOURCE_PORT 49152
#define MOST_TUNNELS 1024

enum { BPF_ADJ_ROOM_MAC = 1 };
enum {
	BPF_F_ADJ_ROOM_FIXED_GSO = 1 << 0,
	BPF_F_ADJ_ROOM_ENCAP_L3_IPV4 = 1 << 1,
	BPF_F_ADJ_ROOM_ENCAP_L4_GRE = 1 << 3,
	BPF_F_ADJ_ROOM_ENCAP_L4_UDP = 1 << 4,
};

static long (*const bpf_redirect_neigh)(__u32 ifindex, const void *params, int plen, __u64 flags) = (void *)152;

/* struct tunnel, flags */
enum { KEYED = 1, FIXED_TOS = 2, COPY_DONT_FRAGMENT = 4, FIXED_SOURCE_PORT = 8 };

/* The way out of a tunnel. */
struct tunnel {
	__be32 source;
	__be32 destination;
	__u32 underlay;
	__be32 key;
	__u32 flags;
	/* Of inner packets. */
	__u16 mtu;
	/* 0 for protocol 47 */
	__be16 udp_port;
	__u8 ttl;
	__u8 tos;
	__u16 zero;
	/* Index in `counters`. */
	__u32 counters;
};

/* What tells tunnels apart on the way in. */
struct endpoint {
	/* The outer destination. */
	__be32 local;
	__be32 remote;
	__be32 key;
	__be16 udp_port;
	__u16 keyed;
};

struct arrival {
	/* The tunnel's device. */
	__u32 interface;
	/* Index in `counters`. */
	__u32 counters;
};

/* What one processor counted of a tunnel: packets, bytes inside, packets to groups. */
struct count {
	__u64 packets_in;
	__u64 bytes_in;
	__u64 multicasts_in;
	__u64 packets_out;
	__u64 bytes_out;
	__u64 multicasts_out;
};

SEC("maps") struct bpf_map_def tunnels = {
	.type = BPF_MAP_TYPE_HASH,
	.key_size = sizeof(__u32),
	.value_size = sizeof(struct tunnel),
	.max_entries = MOST_TUNNELS,
	.map_flags = BPF_F_NO_PREALLOC,
};

SEC("maps") struct bpf_map_def arrivals = {
	.type = BPF_MAP_TYPE_HASH,
	.key_size = sizeof(struct endpoint),
	.value_size = sizeof(struct arrival),
	.max_entries = MOST_TUNNELS,
	.map_flags = BPF_F_NO_PREALLOC,
};

SEC("maps") struct bpf_map_def counters = {
	.type = BPF_MAP_TYPE_PERCPU_ARRAY,
	.key_size = sizeof(__u32),
	.value_size = sizeof(struct count),
	.max_entries = MOST_TUNNELS,
};

LICENSE("Apache-2.0");

/* All that may stand in front of an inner packet; what is used begins at its start. */
struct outer {
	struct ipv4 ip;
	__u32 rest[4];
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

/* Datagrams in the packet. */
static __always_inline __u32 datagrams(const struct __sk_buff *skb)
{
	return skb->gso_size && skb->gso_segs ? skb->gso_segs : 1;
}

/* A port that stays the same for a flow. */
static __always_inline __be16 source_port(const struct ipv4 *ip, __u32 ports)
{
	__u32 hash = ip->source * 0x9E3779B1u + ip->destination;

	hash = (hash ^ hash >> 15) * 0x85EBCA6Bu + ip->protocol;
	hash = ((hash ^ hash >> 13) * 0xC2B2AE35u + ports) * 0x9E3779B1u;
	return htons((__u16)(FIRST_SOURCE_PORT | hash >> 18));
}

SEC("tcx/egress") int encapsulate(struct __sk_buff *skb)
{
	/* The device has no header of its own: the packet begins with IP's. */
	if (skb->protocol != htons(ETH_P_IP))
		return TCX_NEXT;
	const __u32 device = skb->ifindex;
	const struct tunnel *t = bpf_map_lookup_elem(&tunnels, &device);

	if (!t)
		return TCX_NEXT;
	struct ipv4 inner;

	if (bpf_skb_load_bytes(skb, 0, &inner, IP_BYTES))
		return TCX_NEXT;
	const __u32 inner_bytes = skb->len;
	const __u32 header_bytes = (inner.version_ihl & 0x0F) * 4;

	if (inner.version_ihl >> 4 != 4 || header_bytes < IP_BYTES || ntohs(inner.length) > inner_bytes)
		return TCX_NEXT;
	/* Its own packets would never come to an end. */
	if (inner.source == t->source && inner.destination == t->destination
	    && (inner.protocol == IPPROTO_GRE || inner.protocol == IPPROTO_UDP))
		return TCX_NEXT;
	const int whole = !(inner.fragment & htons(MORE_FRAGMENTS_AND_OFFSET));
	__u32 longest = inner_bytes;
	__u32 ports = 0;

	if (whole && (inner.protocol == IPPROTO_UDP || inner.protocol == IPPROTO_TCP))
		if (bpf_skb_load_bytes(skb, header_bytes, &ports, sizeof(ports)))
			return TCX_NEXT;
	if (skb->gso_size) {
		__u32 transport_bytes = UDP_BYTES;

		if (inner.protocol == IPPROTO_TCP) {
			__u8 offset;

			if (bpf_skb_load_bytes(skb, header_bytes + 12, &offset, 1))
				return TCX_NEXT;
			transport_bytes = (offset >> 4) * 4;
		}
		longest = header_bytes + transport_bytes + skb->gso_size;
	}
	if (longest > t->mtu)
		return TCX_NEXT;
	const __u32 zero_based = t->counters;
	struct count *count = bpf_map_lookup_elem(&counters, &zero_based);

	if (!count)
		return TCX_NEXT;
	const __u32 many = datagrams(skb);
	const int udp = t->udp_port != 0;
	const int keyed = (t->flags & KEYED) != 0;
	const __u32 outer_bytes = IP_BYTES + (udp ? UDP_BYTES : 0) + GRE_BYTES + (keyed ? 4 : 0);
	const __u64 kind = BPF_F_ADJ_ROOM_ENCAP_L3_IPV4 | (udp ? BPF_F_ADJ_ROOM_ENCAP_L4_UDP : BPF_F_ADJ_ROOM_ENCAP_L4_GRE);

	if (bpf_skb_adjust_room(skb, (__s32)outer_bytes, BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_FIXED_GSO | kind)) {
		/* What came out of another tunnel is still marked as encapsulated. */
		if (skb->gso_size || bpf_skb_adjust_room(skb, (__s32)outer_bytes, BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_FIXED_GSO))
			return TCX_NEXT;
	}
	struct outer outer = {};

	outer.ip.version_ihl = 0x45;
	outer.ip.tos = t->flags & FIXED_TOS ? (__u8)((t->tos & ~ECN) | (inner.tos & ECN)) : inner.tos;
	outer.ip.length = htons((__u16)(inner_bytes + outer_bytes));
	outer.ip.fragment = t->flags & COPY_DONT_FRAGMENT ? inner.fragment & htons(DONT_FRAGMENT) : 0;
	/* Without DF each packet needs its own (RFC 6864). */
	outer.ip.id = htons((__u16)(count->packets_out + bpf_get_smp_processor_id() * 0x9E37));
	outer.ip.ttl = t->ttl;
	outer.ip.protocol = udp ? IPPROTO_UDP : IPPROTO_GRE;
	outer.ip.source = t->source;
	outer.ip.destination = t->destination;
	outer.ip.check = (__u16)~folded(header_sum(&outer.ip));

	const __u32 gre = keyed ? htons(GRE_KEY) | (__u32)htons(ETH_P_IP) << 16 : (__u32)htons(ETH_P_IP) << 16;
	long failed;

	if (udp) {
		const __be16 from = t->flags & FIXED_SOURCE_PORT ? t->udp_port : source_port(&inner, ports);

		outer.rest[0] = from | (__u32)t->udp_port << 16;
		outer.rest[1] = htons((__u16)(inner_bytes + outer_bytes - IP_BYTES));
		outer.rest[2] = gre;
		outer.rest[3] = t->key;
		failed = keyed ? bpf_skb_store_bytes(skb, 0, &outer, IP_BYTES + UDP_BYTES + GRE_BYTES + 4, 0)
			       : bpf_skb_store_bytes(skb, 0, &outer, IP_BYTES + UDP_BYTES + GRE_BYTES, 0);
	} else {
		outer.rest[0] = gre;
		outer.rest[1] = t->key;
		failed = keyed ? bpf_skb_store_bytes(skb, 0, &outer, IP_BYTES + GRE_BYTES + 4, 0)
			       : bpf_skb_store_bytes(skb, 0, &outer, IP_BYTES + GRE_BYTES, 0);
	}
	/* Room for Ethernet's, which the neighbour's entry fills. */
	if (failed || bpf_skb_change_head(skb, ETHERNET_BYTES, 0))
		return TC_ACT_SHOT;
	count->packets_out += many;
	count->bytes_out += inner_bytes;
	if ((inner.destination & 0xF0) == 0xE0)
		count->multicasts_out += many;
	/* The kernel looks for the next hop, and the packet gets the route that it finds. Told the next hop, it would leave it the route into the
	 * tunnel, and a packet that had to wait for ARP would go out as that route says: without an Ethernet header. */
	return (int)bpf_redirect_neigh(t->underlay, 0, 0, 0);
}

SEC("tcx/ingress") int decapsulate(struct __sk_buff *skb)
{
	if (skb->protocol != htons(ETH_P_IP) || skb->pkt_type != PACKET_HOST || skb->vlan_present)
		return TCX_NEXT;
	struct ethernet *h = pulled(skb, ETHERNET_BYTES + IP_BYTES + GRE_BYTES + IP_BYTES);

	if (!h || ip_of(h)->version_ihl != 0x45 || (ip_of(h)->fragment & htons(MORE_FRAGMENTS_AND_OFFSET)))
		return TCX_NEXT;
	/* Marks of congestion are weighed in user space. */
	const __u8 ecn = ip_of(h)->tos & ECN;

	if (ecn == 1 || ecn == 3)
		return TCX_NEXT;
	struct endpoint endpoint = {.local = ip_of(h)->destination, .remote = ip_of(h)->source};
	__u32 at = ETHERNET_BYTES + IP_BYTES;

	if (ip_of(h)->protocol == IPPROTO_UDP) {
		/* A checksum covers all of it; and a mark of UDP cannot be taken off what is to be segmented. */
		if (udp_of(h)->check || skb->gso_size)
			return TCX_NEXT;
		endpoint.udp_port = udp_of(h)->destination;
		at += UDP_BYTES;
	} else if (ip_of(h)->protocol != IPPROTO_GRE) {
		return TCX_NEXT;
	}
	const __u32 total = ntohs(ip_of(h)->length);

	if (folded(header_sum(ip_of(h))) != 0xFFFF || (!skb->gso_size && total + ETHERNET_BYTES > skb->len))
		return TCX_NEXT;
	struct {
		__be16 flags;
		__be16 type;
	} gre;

	if (bpf_skb_load_bytes(skb, at, &gre, GRE_BYTES))
		return TCX_NEXT;
	/* Bits 6 to 12 say nothing (RFC 2784 section 2.1). */
	const __u16 flags = ntohs(gre.flags);

	if (flags & ~(GRE_KEY | GRE_SEQUENCE | 0x03F8) || gre.type != htons(ETH_P_IP))
		return TCX_NEXT;
	at += GRE_BYTES;
	if (flags & GRE_KEY) {
		if (bpf_skb_load_bytes(skb, at, &endpoint.key, 4))
			return TCX_NEXT;
		endpoint.keyed = 1;
		at += 4;
	}
	if (flags & GRE_SEQUENCE)
		at += 4;
	const struct arrival *to = bpf_map_lookup_elem(&arrivals, &endpoint);

	if (!to)
		return TCX_NEXT;
	struct ipv4 inner;

	if (bpf_skb_load_bytes(skb, at, &inner, IP_BYTES))
		return TCX_NEXT;
	const __u32 inner_bytes = skb->gso_size ? skb->len - at : ntohs(inner.length);

	if (inner.version_ihl >> 4 != 4 || (inner.version_ihl & 0x0F) < IP_BYTES / 4 || inner.protocol == IPPROTO_GRE
	    || (!skb->gso_size && (inner_bytes < IP_BYTES || inner_bytes + at > total + ETHERNET_BYTES)))
		return TCX_NEXT;
	const __u32 index = to->counters;
	struct count *count = bpf_map_lookup_elem(&counters, &index);

	if (!count)
		return TCX_NEXT;
	const __u32 many = datagrams(skb);

	if (bpf_skb_adjust_room(skb, -(__s32)(at - ETHERNET_BYTES), BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_FIXED_GSO))
		return TCX_NEXT;
	count->packets_in += many;
	count->bytes_in += inner_bytes;
	if ((inner.destination & 0xF0) == 0xE0)
		count->multicasts_in += many;
	return (int)bpf_redirect(to->interface, BPF_F_INGRESS);
}
