/* For the loader's tests: counts packets in every kind of map. */
#include "bpf.h"

LICENSE("Apache-2.0");

/* Packets by EtherType, in the network's byte order. */
SEC("maps") struct bpf_map_def by_type = {
	.type = BPF_MAP_TYPE_HASH, .key_size = 2, .value_size = 8, .max_entries = 16, .map_flags = BPF_F_NO_PREALLOC,
};

/* Packets and bytes. */
struct total {
	__u64 packets;
	__u64 bytes;
};
SEC("maps") struct bpf_map_def totals = {
	.type = BPF_MAP_TYPE_PERCPU_ARRAY, .key_size = 4, .value_size = sizeof(struct total), .max_entries = 1,
};

/* A template: what blocks holds. */
SEC("maps") struct bpf_map_def block = {
	.type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4096, .max_entries = 1, .map_flags = BPF_F_MMAPABLE,
};
SEC("maps") struct bpf_map_def blocks = {
	.type = BPF_MAP_TYPE_ARRAY_OF_MAPS, .key_size = 4, .value_size = 4, .max_entries = 4, .inner = &block,
};

static __always_inline void count(struct __sk_buff *skb)
{
	__u32 zero = 0;
	struct total *total = bpf_map_lookup_elem(&totals, &zero);
	if (total) {
		total->packets++;
		total->bytes += skb->len;
	}
	__u16 type = skb->protocol;
	__u64 *counter = bpf_map_lookup_elem(&by_type, &type);
	if (counter)
		__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
	else {
		__u64 one = 1;
		bpf_map_update_elem(&by_type, &type, &one, BPF_ANY);
	}
}

SEC("tcx/egress") int count_egress(struct __sk_buff *skb)
{
	count(skb);
	return TCX_NEXT;
}

/* Adds the length to the first word of block 2, if there is one. */
SEC("tcx/ingress") int count_ingress(struct __sk_buff *skb)
{
	__u32 index = 2, zero = 0;
	void *found = bpf_map_lookup_elem(&blocks, &index);
	if (found) {
		__u64 *words = bpf_map_lookup_elem(found, &zero);
		if (words)
			__atomic_fetch_add(words, skb->len, __ATOMIC_RELAXED);
	}
	return TCX_NEXT;
}

/* Two for the rules of replacing: drop everything, let everything pass. */
SEC("tc/drop") int drop_all(struct __sk_buff *skb)
{
	return TC_ACT_SHOT;
}
