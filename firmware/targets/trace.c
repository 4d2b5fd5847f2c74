/* A plugin for QEMU that says which code ran between two places of the lx106 core's program, block by block: what
   `nano bench path --profile` is made of. Arguments: out=FILE, from=ADDRESS and until=ADDRESS (hexadecimal), where it
   begins and ends to listen; it may begin again. Writes two words a block that was run: its address; its instructions,
   with bit 31 where the last one calls and bit 30 where it returns.

   The declarations are those of QEMU's plugin API, version 1; Debian ships no header. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef uint64_t plugin_id;

#define EXPORT __attribute__((visibility("default")))

extern void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id, void (*)(plugin_id, struct qemu_plugin_tb *));
extern void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *, void (*)(unsigned, void *), int, void *);
extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
extern uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *);
extern struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t);
extern const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *);
extern void qemu_plugin_register_atexit_cb(plugin_id, void (*)(plugin_id, void *), void *);

EXPORT int qemu_plugin_version = 1;

enum { NO_REGISTERS = 0 };
static const uint32_t CALLS = 1u << 31, RETURNS = 1u << 30;

static struct {
    uint32_t from, until;
    bool listens;
    FILE *out;
} state;

/* What a call of a block is told: the address, and above it the second word. */
static void ran(unsigned vcpu, void *told)
{
    uint32_t words[2] = { (uint32_t)(uintptr_t)told, (uint32_t)((uintptr_t)told >> 32) };
    (void)vcpu;
    if (words[0] == state.from)
        state.listens = true;
    if (words[0] == state.until)
        state.listens = false;
    if (state.listens && state.out)
        fwrite(words, sizeof words, 1, state.out);
}

static void translated(plugin_id id, struct qemu_plugin_tb *block)
{
    (void)id;
    size_t count = qemu_plugin_tb_n_insns(block);
    const uint8_t *last = qemu_plugin_insn_data(qemu_plugin_tb_get_insn(block, count - 1));
    uint32_t word = (uint32_t)last[0] | (uint32_t)last[1] << 8;
    bool is_short = (last[0] & 8) != 0;
    if (!is_short)
        word |= (uint32_t)last[2] << 16;
    bool calls = !is_short && ((word & 0x3F) == 0x05 || (word & 0xFFF0FF) == 0x0000C0);
    bool returns = is_short ? word == 0xF00D : word == 0x000080;
    uint64_t told = (uint32_t)count | (calls ? CALLS : 0) | (returns ? RETURNS : 0);
    told = told << 32 | (uint32_t)qemu_plugin_tb_vaddr(block);
    qemu_plugin_register_vcpu_tb_exec_cb(block, ran, NO_REGISTERS, (void *)(uintptr_t)told);
}

static void ended(plugin_id id, void *nothing)
{
    (void)id;
    (void)nothing;
    if (state.out)
        fclose(state.out);
}

EXPORT int qemu_plugin_install(plugin_id id, const void *info, int count, char **arguments)
{
    (void)info;
    for (int index = 0; index < count; index++) {
        if (strncmp(arguments[index], "out=", 4) == 0)
            state.out = fopen(arguments[index] + 4, "wb");
        sscanf(arguments[index], "from=%x", &state.from);
        sscanf(arguments[index], "until=%x", &state.until);
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, ended, 0);
    return state.out ? 0 : 1;
}
