/* What the programs of this plane have in common: headers, and the marks that they share with the planes in user space. */
#pragma once

#include "bpf.h"

#define ETH_P_IP 0x0800
#define IPPROTO_UDP 17
/* CaptureScope.RESTORE_MARK: what a proxy client of this host restored. */
#define RESTORE_MARK 0x6E756269
#define MORE_FRAGMENTS_AND_OFFSET 0x3FFF

#define ETHERNET_BYTES 14
#define IP_BYTES 20
#define UDP_BYTES 8
/* From the frame's start. */
#define UDP_CHECKSUM (ETHERNET_BYTES + IP_BYTES + 6)
#define HEADER_BYTES (ETHERNET_BYTES + IP_BYTES + UDP_BYTES)

/* Not packed: the processors that the kernel has a compiler for read across any border, and packed structs are read and written
 * byte by byte. */
struct ethernet {
	__u16 destination[3];
	__u16 source[3];
	__be16 type;
};

/* Without options. */
struct ipv4 {
	__u8 version_ihl;
	__u8 tos;
	__be16 length;
	__be16 id;
	__be16 fragment;
	__u8 ttl;
	__u8 protocol;
	__u16 check;
	__be32 source;
	__be32 destination;
};

struct udp {
	__be16 source;
	__be16 destination;
	__be16 length;
	__u16 check;
};

/* Behind the Ethernet header. */
static __always_inline struct ipv4 *ip_of(struct ethernet *frame)
{
	return (void *)frame + ETHERNET_BYTES;
}

static __always_inline struct udp *udp_of(struct ethernet *frame)
{
	return (void *)frame + ETHERNET_BYTES + IP_BYTES;
}

/* The first bytes of the packet, or null where there are not so many in one piece. */
static __always_inline struct ethernet *first(struct __sk_buff *skb, const int bytes)
{
	void *data, *end;

	/* In assembler, since the verifier wants the offset in the instruction, and the compiler likes to add it before. */
	__asm__ volatile("%0 = *(u32 *)(%1 + %2)" : "=r"(data) : "r"(skb), "i"(__builtin_offsetof(struct __sk_buff, data)));
	__asm__ volatile("%0 = *(u32 *)(%1 + %2)" : "=r"(end) : "r"(skb), "i"(__builtin_offsetof(struct __sk_buff, data_end)));
	return data + bytes > end ? 0 : data;
}

/* As first(), from wherever the bytes are; null only where the packet is shorter. */
static __always_inline struct ethernet *pulled(struct __sk_buff *skb, const int bytes)
{
	struct ethernet *h = first(skb, bytes);

	if (h)
		return h;
	return bpf_skb_pull_data(skb, bytes) ? 0 : first(skb, bytes);
}

/* The packet's headers, or null where there is not so much in one piece. */
static __always_inline struct ethernet *packet(struct __sk_buff *skb)
{
	return first(skb, HEADER_BYTES);
}

/* As packet(), from wherever the bytes are. */
static __always_inline struct ethernet *headers_of(struct __sk_buff *skb)
{
	return pulled(skb, HEADER_BYTES);
}

static __always_inline __u16 folded(__u32 sum)
{
	sum = (sum & 0xFFFF) + (sum >> 16);
	sum = (sum & 0xFFFF) + (sum >> 16);
	return (__u16)sum;
}
