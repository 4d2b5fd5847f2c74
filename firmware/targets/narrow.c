/* A plugin for QEMU that finds what the ESP8266 refuses and QEMU's machine doesn't: loads and stores in flash and
   instruction RAM that are no aligned words. Argument: out=FILE. Writes three counts: such accesses, all accesses,
   instructions; then up to 20 of the first kind.

   The declarations are those of QEMU's plugin API, version 1; Debian ships no header. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef uint64_t plugin_id;
typedef uint32_t memory_info;

#define EXPORT __attribute__((visibility("default")))

extern void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id, void (*)(plugin_id, struct qemu_plugin_tb *));
extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
extern struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t);
extern uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *);
extern void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *, void (*)(unsigned, memory_info, uint64_t, void *),
                                             int, int, void *);
extern void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *, void (*)(unsigned, void *), int, void *);
extern unsigned qemu_plugin_mem_size_shift(memory_info);
extern bool qemu_plugin_mem_is_store(memory_info);
extern void qemu_plugin_register_atexit_cb(plugin_id, void (*)(plugin_id, void *), void *);

EXPORT int qemu_plugin_version = 1;

enum { NO_REGISTERS = 0, LOADS_AND_STORES = 3, SHOWN = 20 };

static struct {
    char out[512];
    unsigned long narrow, all, instructions;
    struct { uint32_t pc, address; unsigned bytes; bool store; } shown[SHOWN];
} state;

static void access_made(unsigned vcpu, memory_info info, uint64_t wide, void *pc)
{
    uint32_t address = (uint32_t)wide;
    (void)vcpu;
    state.all++;
    /* The ROM's own code and data are neither. */
    bool is_word_memory = (address >= 0x40100000u && address < 0x40108000u) || (address >= 0x40200000u && address < 0x40300000u);
    bool is_code_of_image = (uint32_t)(uintptr_t)pc < 0x50000000u;
    unsigned shift = qemu_plugin_mem_size_shift(info);
    if (!is_word_memory || !is_code_of_image || (shift >= 2 && (address & 3) == 0))
        return;
    if (state.narrow < SHOWN) {
        state.shown[state.narrow].pc = (uint32_t)(uintptr_t)pc;
        state.shown[state.narrow].address = address;
        state.shown[state.narrow].bytes = 1u << shift;
        state.shown[state.narrow].store = qemu_plugin_mem_is_store(info);
    }
    state.narrow++;
}

static void block_run(unsigned vcpu, void *instructions)
{
    (void)vcpu;
    state.instructions += (uintptr_t)instructions;
}

static void translated(plugin_id id, struct qemu_plugin_tb *block)
{
    (void)id;
    qemu_plugin_register_vcpu_tb_exec_cb(block, block_run, NO_REGISTERS, (void *)qemu_plugin_tb_n_insns(block));
    for (size_t index = 0; index < qemu_plugin_tb_n_insns(block); index++) {
        struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(block, index);
        qemu_plugin_register_vcpu_mem_cb(instruction, access_made, NO_REGISTERS, LOADS_AND_STORES,
                                         (void *)(uintptr_t)qemu_plugin_insn_vaddr(instruction));
    }
}

static void ended(plugin_id id, void *nothing)
{
    (void)id;
    (void)nothing;
    FILE *out = fopen(state.out, "w");
    if (!out)
        return;
    fprintf(out, "%lu %lu %lu\n", state.narrow, state.all, state.instructions);
    for (unsigned long index = 0; index < state.narrow && index < SHOWN; index++)
        fprintf(out, "%s of %u bytes at %#x by the instruction at %#x\n", state.shown[index].store ? "store" : "load",
                state.shown[index].bytes, state.shown[index].address, state.shown[index].pc);
    fclose(out);
}

EXPORT int qemu_plugin_install(plugin_id id, const void *info, int count, char **arguments)
{
    (void)info;
    for (int index = 0; index < count; index++) {
        if (strncmp(arguments[index], "out=", 4) == 0)
            snprintf(state.out, sizeof state.out, "%s", arguments[index] + 4);
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, ended, 0);
    return 0;
}
