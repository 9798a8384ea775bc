/* Prints the instructions of BpfAssemblerTest and the numbers of the enums, as committed in bpf.txt:
 *   gcc -o /tmp/bpf bpf.c && /tmp/bpf > ../resources/io/nubicast/kernel/bpf/bpf.txt */
#include <stdio.h>
#include <linux/bpf.h>

static void print(const char *name, struct bpf_insn insn)
{
	const unsigned char *bytes = (const unsigned char *)&insn;

	printf("%s ", name);
	for (unsigned i = 0; i < sizeof(insn); i++)
		printf("%02x", bytes[i]);
	printf("\n");
}

#define INSN(name, ...) print(name, (struct bpf_insn){ __VA_ARGS__ })
#define NUMBER(value) printf("%s %d\n", #value, value)

int main(void)
{
	INSN("move-value", .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 2, .imm = -7);
	INSN("move-register", .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 6, .src_reg = 1);
	INSN("add", .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 2, .imm = -16);
	INSN("and", .code = BPF_ALU64 | BPF_AND | BPF_K, .dst_reg = 7, .imm = 15);
	INSN("shift-left", .code = BPF_ALU64 | BPF_LSH | BPF_K, .dst_reg = 7, .imm = 2);
	INSN("to-big-endian", .code = BPF_ALU | BPF_END | BPF_TO_BE, .dst_reg = 7, .imm = 16);
	INSN("load-byte", .code = BPF_LDX | BPF_MEM | BPF_B, .dst_reg = 3, .src_reg = 10, .off = -24);
	INSN("load-half", .code = BPF_LDX | BPF_MEM | BPF_H, .dst_reg = 3, .src_reg = 10, .off = -20);
	INSN("load-word", .code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 3, .src_reg = 1, .off = 60);
	INSN("load-double", .code = BPF_LDX | BPF_MEM | BPF_DW, .dst_reg = 3, .src_reg = 1, .off = 0);
	INSN("store-register", .code = BPF_STX | BPF_MEM | BPF_H, .dst_reg = 10, .src_reg = 7, .off = -8);
	INSN("store-value", .code = BPF_ST | BPF_MEM | BPF_W, .dst_reg = 10, .off = -4, .imm = 5);
	INSN("load-map", .code = BPF_LD | BPF_IMM | BPF_DW, .dst_reg = 1, .src_reg = BPF_PSEUDO_MAP_FD, .imm = 9);
	INSN("load-map-rest", .code = 0);
	INSN("call", .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_sk_assign);
	INSN("jump", .code = BPF_JMP | BPF_JA, .off = 2);
	INSN("if-equal", .code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = 4, .off = 1, .imm = 17);
	INSN("if-not-equal", .code = BPF_JMP | BPF_JNE | BPF_K, .dst_reg = 5, .off = 0, .imm = -1);
	INSN("exit", .code = BPF_JMP | BPF_EXIT);
	NUMBER(BPF_FUNC_map_lookup_elem);
	NUMBER(BPF_FUNC_skb_load_bytes);
	NUMBER(BPF_FUNC_skb_load_bytes_relative);
	NUMBER(BPF_FUNC_sk_release);
	NUMBER(BPF_FUNC_sk_assign);
	NUMBER(BPF_MAP_TYPE_HASH);
	NUMBER(BPF_MAP_TYPE_ARRAY);
	NUMBER(BPF_MAP_TYPE_PROG_ARRAY);
	NUMBER(BPF_MAP_TYPE_PERCPU_HASH);
	NUMBER(BPF_MAP_TYPE_PERCPU_ARRAY);
	NUMBER(BPF_MAP_TYPE_LRU_HASH);
	NUMBER(BPF_MAP_TYPE_LPM_TRIE);
	NUMBER(BPF_MAP_TYPE_ARRAY_OF_MAPS);
	NUMBER(BPF_MAP_TYPE_HASH_OF_MAPS);
	NUMBER(BPF_MAP_TYPE_SOCKMAP);
	NUMBER(BPF_F_NO_PREALLOC);
	NUMBER(BPF_F_MMAPABLE);
	NUMBER(BPF_F_INNER_MAP);
	NUMBER(BPF_PROG_TYPE_SOCKET_FILTER);
	NUMBER(BPF_PROG_TYPE_SCHED_CLS);
	NUMBER(BPF_PROG_TYPE_SK_LOOKUP);
	NUMBER(BPF_SK_LOOKUP);
	NUMBER(BPF_MAP_CREATE);
	NUMBER(BPF_MAP_LOOKUP_ELEM);
	NUMBER(BPF_MAP_UPDATE_ELEM);
	NUMBER(BPF_MAP_DELETE_ELEM);
	NUMBER(BPF_MAP_GET_NEXT_KEY);
	NUMBER(BPF_PROG_LOAD);
	NUMBER(BPF_OBJ_PIN);
	NUMBER(BPF_OBJ_GET);
	NUMBER(BPF_PROG_GET_NEXT_ID);
	NUMBER(BPF_PROG_GET_FD_BY_ID);
	NUMBER(BPF_MAP_GET_FD_BY_ID);
	NUMBER(BPF_OBJ_GET_INFO_BY_FD);
	NUMBER(BPF_PROG_QUERY);
	NUMBER(BPF_LINK_CREATE);
	NUMBER(BPF_LINK_UPDATE);
	NUMBER(BPF_LINK_GET_FD_BY_ID);
	NUMBER(BPF_LINK_DETACH);
	return 0;
}
