/* The proxy server's copies, made in the sending application's own call.
 *
 * `tcx/egress` runs on each captured interface. A datagram to a configured group is rewritten for one member after the other and
 * cloned to each; then the original gets its own bytes back and goes on, or has become the last member's copy. What it does not
 * take (fragments, IP options, datagrams above a member's MTU, groups with a rate limit) and members that it does not serve are
 * handed to user space, as a frame that arrives on a TAP device and tells in its Ethernet addresses what is to be done with it.
 *
 * `tcx/egress/burst` runs on that TAP device: user space sends a burst of datagrams into it as one frame, which is cloned in the
 * same way, one frame a member.
 *
 * Everything here is in the kernel's byte order but what is called __be. See io.nubicast.dataplane.ebpf. */
#include "nubicast.h"

#define BLOCK_MEMBERS 1024
/* Port of the entry that says that a group is captured at all. */
#define GROUP_ITSELF 0x10000
#define KEEP_TOS 0x100
#define LAST_COPY_BIT 3

/* enum Handover */
enum { WHOLE = 1, REST, RETURNED, FOREIGN, CONSUMED, SENT };
/* struct version, flags */
enum {
	LEFT_TO_USER_SPACE = 1,
	HAS_REST = 2,
	CONSUMES_ORIGINAL = 4,
	/* The last copy is the packet itself: it is consumed, there is a copy, and no rest that wants it. */
	LAST_COPY = 1 << LAST_COPY_BIT,
};

struct key {
	__u32 interface;
	__be32 group;
	/* 0..65535, 0 for any; or GROUP_ITSELF */
	__u32 port;
};

/* Which members a datagram is cloned to: a run within one block. */
struct version {
	__u32 block;
	__u32 start;
	__u32 count;
	/* Tells user space which members are its own. */
	__u32 generation;
	/* Index of the first processor's entry in `counters`. */
	__u32 counters;
	/* Index in `gates`. */
	__u32 gate;
	__u32 flags;
	/* The smallest of its members. */
	__u16 mtu;
	/* Of all its members; 0 keeps the datagram's. */
	__be16 port;
	/* The octet that all copies carry, or KEEP_TOS. */
	__u16 tos;
	__u16 unused;
};

struct route {
	struct version now;
	/* Goes on while user space still has datagrams of it, so that none is overtaken; generation 0 for none. */
	struct version before;
	/* The TAP device. */
	__u32 tap;
	/* The interface's own address: frames with another come from a device above it. All zero for any. */
	__u16 address[3];
	__u16 unused;
};

/* A cache line. */
struct member {
	__u16 destination[3];
	__u16 source[3];
	__u32 interface;
	__be32 address;
	__u32 ttl;
	/* Written here: what could not be sent, and the latest errno (0 for a full queue). */
	__u32 error;
	__u32 failed_frames;
	__u64 failed_datagrams;
	__u64 failed_bytes;
	__u64 unused[2];
};

struct block {
	struct member members[BLOCK_MEMBERS];
};

/* What one processor counted of one version; a cache line. */
struct count {
	/* Taken by this program: datagrams and bytes of payload. */
	__u64 datagrams;
	__u64 bytes;
	/* Cloned to each member: datagrams, bytes of payload, frames. */
	__u64 copied_datagrams;
	__u64 copied_bytes;
	__u64 copied_frames;
	/* Could not be handed to user space. */
	__u64 lost;
	/* The next IPv4 identification. */
	__u64 identification;
	__u64 unused;
};

/* Frames handed to user space, and those of them that it has done with. */
struct gate {
	__u64 handed;
	__u64 done;
};

SEC("maps") struct bpf_map_def routes = {
	.type = BPF_MAP_TYPE_HASH,
	.key_size = sizeof(struct key),
	.value_size = sizeof(struct route),
	.max_entries = 65536,
	.map_flags = BPF_F_NO_PREALLOC,
};

SEC("maps") struct bpf_map_def block = {
	.type = BPF_MAP_TYPE_ARRAY,
	.key_size = 4,
	.value_size = sizeof(struct block),
	.max_entries = 1,
	.map_flags = BPF_F_MMAPABLE,
};

SEC("maps") struct bpf_map_def blocks = {
	.type = BPF_MAP_TYPE_ARRAY_OF_MAPS,
	.key_size = 4,
	.value_size = 4,
	.max_entries = 4096,
	.inner = &block,
};

SEC("maps") struct bpf_map_def counters = {
	.type = BPF_MAP_TYPE_ARRAY,
	.key_size = 4,
	.value_size = sizeof(struct count),
	.max_entries = 1,
	.map_flags = BPF_F_MMAPABLE,
};

SEC("maps") struct bpf_map_def gates = {
	.type = BPF_MAP_TYPE_ARRAY,
	.key_size = 4,
	.value_size = sizeof(struct gate),
	.max_entries = 1,
	.map_flags = BPF_F_MMAPABLE,
};

/* This host's addresses: what leaves with another source is forwarded, and was seen where it arrived. */
SEC("maps") struct bpf_map_def own = {
	.type = BPF_MAP_TYPE_HASH,
	.key_size = 4,
	.value_size = 1,
	.max_entries = 4096,
	.map_flags = BPF_F_NO_PREALLOC,
};

SEC("license") const char licensed[] = "Apache-2.0";

/* The Ethernet addresses of a frame. */
struct addresses {
	__u16 words[6];
};

/* Writes into the Ethernet addresses what user space is to do. The first octet marks an address as nobody's device's. */
static __always_inline void label(struct __sk_buff *skb, __u32 handover, __u32 generation)
{
	const __u32 interface = skb->ifindex;
	struct addresses label = {{
		(__u16)(handover << 8 | 0x02), (__u16)generation, (__u16)(generation >> 16),
		0x0002, (__u16)interface, (__u16)(interface >> 16),
	}};

	bpf_skb_store_bytes(skb, 0, &label, sizeof(label), 0);
}

/* Gives a clone to user space; the packet is as it was. */
static __always_inline long hand_over(struct __sk_buff *skb, __u32 tap, __u32 handover, __u32 generation)
{
	struct ethernet *h = first(skb, ETHERNET_BYTES);

	if (!h)
		return -1;
	struct addresses before;

	__builtin_memcpy(&before, h, sizeof(before));
	label(skb, handover, generation);
	long failed = bpf_clone_redirect(skb, tap, BPF_F_INGRESS);

	bpf_skb_store_bytes(skb, 0, &before, sizeof(before), 0);
	return failed;
}

/* Gives the packet itself to user space. */
static __always_inline int hand_away(struct __sk_buff *skb, __u32 tap, __u32 handover, __u32 generation)
{
	label(skb, handover, generation);
	return (int)bpf_redirect(tap, BPF_F_INGRESS);
}

static __always_inline int leave(struct __sk_buff *skb, const struct route *route, const struct version *version,
				 __u32 handover, __u32 generation)
{
	if (version->flags & CONSUMES_ORIGINAL)
		return hand_away(skb, route->tap, handover, generation);
	hand_over(skb, route->tap, handover, generation);
	return TCX_NEXT;
}

/* All headers of a datagram. */
struct headers {
	__u16 words[HEADER_BYTES / 2];
};

static __always_inline void take(struct headers *to, const struct ethernet *ethernet, const struct ipv4 *ip, const struct udp *udp)
{
	__builtin_memcpy(&to->words[0], ethernet, ETHERNET_BYTES);
	__builtin_memcpy(&to->words[ETHERNET_BYTES / 2], ip, IP_BYTES);
	__builtin_memcpy(&to->words[(ETHERNET_BYTES + IP_BYTES) / 2], udp, UDP_BYTES);
}

/* What the copies of a datagram have in common. */
struct copying {
	/* Of all but TTL, destination and checksum. */
	struct ipv4 ip;
	/* With the copies' port. */
	struct udp udp;
	/* Of the IP header, without TTL and destination. */
	__u32 sum;
	/* All ones for a frame to be cut into datagrams, else 0; and the sum of its pseudo-header without the destination. */
	__u16 partial;
	__u32 pseudo;
};

/* Makes the packet the member's copy. By store_bytes: a program that writes in place has the kernel copy the headers of every cloned
 * frame that leaves by the interface, thus of all TCP, before it looks at it. */
static __always_inline int rewrite(struct __sk_buff *skb, const struct copying *c, __be32 address, const struct member *m)
{
	bpf_l4_csum_replace(skb, UDP_CHECKSUM, address, m->address, BPF_F_PSEUDO_HDR | BPF_F_MARK_MANGLED_0 | 4);
	struct ethernet *h = packet(skb);

	if (!h)
		return 0;
	struct ethernet ethernet = {
		.destination = {m->destination[0], m->destination[1], m->destination[2]},
		.source = {m->source[0], m->source[1], m->source[2]},
		.type = htons(ETH_P_IP),
	};
	struct ipv4 ip = c->ip;
	struct udp udp = c->udp;

	ip.ttl = (__u8)m->ttl;
	ip.destination = m->address;
	ip.check = (__u16)~folded(c->sum + m->ttl + (m->address & 0xFFFF) + (m->address >> 16));
	/* The checksum of a frame to be cut is the sum of its pseudo-header, whatever the device can do. Where that can do nothing
	 * (tx off), the kernel does not say so to the helper, which takes it for a finished one. */
	udp.check = (udp_of(h)->check & (__u16)~c->partial)
		    | (folded(c->pseudo + (m->address & 0xFFFF) + (m->address >> 16)) & c->partial);
	struct headers headers;

	take(&headers, &ethernet, &ip, &udp);
	bpf_skb_store_bytes(skb, 0, &headers, sizeof(headers), 0);
	return 1;
}

/* Datagrams in a frame: the kernel does not always know gso_segs. */
static __always_inline __u64 datagrams_of(__u32 payload, __u32 segment)
{
	return segment ? (payload + segment - 1) / segment : 1;
}

/* One look-up for the exact port, one for any. */
static __always_inline struct route *find(struct key *key)
{
	struct route *route = bpf_map_lookup_elem(&routes, key);

	if (!route && key->port) {
		key->port = 0;
		route = bpf_map_lookup_elem(&routes, key);
	}
	return route;
}

static __always_inline int fan_out(struct __sk_buff *skb, const int burst)
{
	if (skb->protocol != htons(ETH_P_IP))
		return TCX_NEXT;
	/* First of all: each copy comes by here, too. */
	struct ethernet *h = pulled(skb, ETHERNET_BYTES + IP_BYTES);

	if (!h || ip_of(h)->protocol != IPPROTO_UDP || skb->vlan_present)
		return TCX_NEXT;
	/* To a group, or to all; or one of user space's bursts. */
	if (burst ? h->destination[0] != (SENT << 8 | 0x02) : !(h->destination[0] & 1))
		return TCX_NEXT;

	struct key key = {.interface = skb->ifindex, .group = ip_of(h)->destination, .port = GROUP_ITSELF};
	struct route *route;
	int whole = ip_of(h)->version_ihl != 0x45 || (ip_of(h)->fragment & htons(MORE_FRAGMENTS_AND_OFFSET));

	if (whole) {
		route = bpf_map_lookup_elem(&routes, &key);
	} else {
		h = headers_of(skb);
		if (!h)
			return TCX_NEXT;
		key.port = ntohs(udp_of(h)->destination);
		route = find(&key);
		if (!route) {
			/* A port of a captured group that nobody asked for: user space counts it. */
			key.port = GROUP_ITSELF;
			route = bpf_map_lookup_elem(&routes, &key);
			whole = 1;
		}
	}
	if (!route)
		return burst ? hand_away(skb, skb->ifindex, RETURNED, 0) : TCX_NEXT;

	if (!burst) {
		if (skb->mark == RESTORE_MARK) {
			hand_over(skb, route->tap, WHOLE, 0);
			return TCX_NEXT;
		}
		__be32 source = ip_of(h)->source;

		if (!bpf_map_lookup_elem(&own, &source))
			return TCX_NEXT;
		if ((route->address[0] | route->address[1] | route->address[2])
		    && (h->source[0] != route->address[0] || h->source[1] != route->address[1]
			|| h->source[2] != route->address[2])) {
			hand_over(skb, route->tap, FOREIGN, 0);
			return TCX_NEXT;
		}
	}

	struct version version = route->now;
	const __u32 handover = burst ? RETURNED : WHOLE;

	if (whole)
		return leave(skb, route, &version, handover, 0);
	if (route->before.generation) {
		__u32 at = route->before.gate;
		struct gate *gate = bpf_map_lookup_elem(&gates, &at);

		if (gate && gate->handed != *(volatile __u64 *)&gate->done)
			version = route->before;
	}

	struct count *count;
	struct gate *gate;
	__u32 at = version.counters + bpf_get_smp_processor_id();

	count = bpf_map_lookup_elem(&counters, &at);
	at = version.gate;
	gate = bpf_map_lookup_elem(&gates, &at);
	if (!count || !gate)
		return leave(skb, route, &version, handover, 0);

	__u32 segment = skb->gso_size;
	__u32 udp_length = ntohs(udp_of(h)->length);
	__u32 payload = udp_length - UDP_BYTES;
	__u64 datagrams = datagrams_of(payload, segment);

	if (version.flags & LEFT_TO_USER_SPACE || udp_length < UDP_BYTES || udp_length + IP_BYTES != ntohs(ip_of(h)->length)
	    || (segment ? segment + IP_BYTES + UDP_BYTES : udp_length + IP_BYTES) > version.mtu) {
		__sync_fetch_and_add(&gate->handed, 1);
		if (version.flags & CONSUMES_ORIGINAL)
			return hand_away(skb, route->tap, handover, version.generation);
		if (hand_over(skb, route->tap, handover, version.generation)) {
			__sync_fetch_and_add(&gate->handed, -1);
			count->lost += datagrams;
		}
		return TCX_NEXT;
	}

	at = version.block;
	void *inner = bpf_map_lookup_elem(&blocks, &at);
	__u32 zero = 0;
	struct block *block = inner ? bpf_map_lookup_elem(inner, &zero) : 0;

	/* The look-ups have not touched the packet. */
	h = packet(skb);
	if (!block || !h)
		return leave(skb, route, &version, handover, 0);

	if (!burst) {
		count->datagrams += datagrams;
		count->bytes += payload;
	}
	__u32 id = (__u32)count->identification;

	count->identification = id + datagrams;
	id += bpf_get_smp_processor_id() * 0x9E37;

	const struct ipv4 ip = *ip_of(h);
	const struct udp udp = *udp_of(h);
	struct headers original;

	take(&original, h, ip_of(h), udp_of(h));
	struct copying c = {
		.ip = ip,
		.udp = udp,
		.partial = segment ? 0xFFFF : 0,
		.pseudo = folded(udp.check + (~ip.destination & 0xFFFF) + (~ip.destination >> 16)),
	};

	c.ip.id = htons((__u16)id);
	c.ip.fragment = 0;
	if (version.tos != KEEP_TOS)
		c.ip.tos = (__u8)version.tos;
	if (version.port)
		c.udp.destination = version.port;
	c.sum = folded((__u32)(c.ip.version_ihl | c.ip.tos << 8) + c.ip.length + c.ip.id + (IPPROTO_UDP << 8)
		       + (ip.source & 0xFFFF) + (ip.source >> 16));

	if (c.udp.destination != udp.destination)
		bpf_l4_csum_replace(skb, UDP_CHECKSUM, udp.destination, c.udp.destination, BPF_F_MARK_MANGLED_0 | 2);
	__be32 address = ip.destination;

	/* Without a branch: the verifier would go through the loop once more for it. */
	__u32 clones = version.count - (version.flags >> LAST_COPY_BIT & 1);

	for (__u32 i = 0; i < BLOCK_MEMBERS; i++) {
		if (i >= clones)
			break;
		struct member *m = &block->members[(version.start + i) & (BLOCK_MEMBERS - 1)];

		if (!rewrite(skb, &c, address, m))
			break;
		address = m->address;
		long failed = bpf_clone_redirect(skb, m->interface, 0);

		/* NET_XMIT_CN (2) was taken. */
		if (unlikely(failed && failed != 2)) {
			m->error = failed < 0 ? -failed : 0;
			__sync_fetch_and_add(&m->failed_frames, 1);
			__sync_fetch_and_add(&m->failed_datagrams, datagrams);
			__sync_fetch_and_add(&m->failed_bytes, payload);
		}
	}
	count->copied_datagrams += datagrams;
	count->copied_bytes += payload;
	count->copied_frames += 1;

	if (version.flags & LAST_COPY) {
		const struct member *m = &block->members[(version.start + clones) & (BLOCK_MEMBERS - 1)];

		rewrite(skb, &c, address, m);
		return (int)bpf_redirect(m->interface, 0);
	}
	bpf_skb_store_bytes(skb, 0, &original, sizeof(original), 0);
	if (version.flags & HAS_REST) {
		__sync_fetch_and_add(&gate->handed, 1);
		if (version.flags & CONSUMES_ORIGINAL)
			return hand_away(skb, route->tap, REST, version.generation);
		if (hand_over(skb, route->tap, REST, version.generation)) {
			__sync_fetch_and_add(&gate->handed, -1);
			count->lost += datagrams;
		}
		return TCX_NEXT;
	}
	return version.flags & CONSUMES_ORIGINAL ? hand_away(skb, route->tap, CONSUMED, 0) : TCX_NEXT;
}

SEC("tcx/egress") int server(struct __sk_buff *skb)
{
	return fan_out(skb, 0);
}

SEC("tcx/egress/burst") int burst(struct __sk_buff *skb)
{
	return fan_out(skb, 1);
}
