/* A byte or a half of a word from anywhere, flash too, which answers aligned words only. `cargo xtask tighten` calls these
 * in the place of l8ui and l16ui: address and value are in one register, and but for the shift amount no other changes.
 */
    .macro load bits, register
    .section .text.load\bits\()_\register, "ax", @progbits
    .align 4
    .global load\bits\()_\register
    .type load\bits\()_\register, @function
load\bits\()_\register:
    ssa8l   \register
    srli    \register, \register, 2
    slli    \register, \register, 2
    l32i    \register, \register, 0
    srl     \register, \register
    extui   \register, \register, 0, \bits
    ret
    .size load\bits\()_\register, . - load\bits\()_\register
    .endm

    .irp register, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15
    load 8, \register
    load 16, \register
    .endr
