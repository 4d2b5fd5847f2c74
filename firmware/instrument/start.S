/* Reset and exceptions of the simulator's machine. */
    .section .vectors, "ax"
    j _start                /* where the machine starts; a jump, because vectors follow */
    .org 0x10
    j fault                 /* debug */
    .org 0x20
    j fault                 /* not maskable */
    .org 0x30
    j fault                 /* kernel */
    .org 0x50
    j fault                 /* user */
    .org 0x70
    j fault                 /* double */
    .section .start, "ax"
    .literal_position
    .align 4
    .global _start
_start:
    rsil a2, 15
    movi a2, 0x50000000
    wsr a2, vecbase
    movi a1, _stack_top
    movi a2, 0x20           /* exceptions go to the user vector */
    wsr a2, ps
    rsync
    movi a0, instrument_main
    callx0 a0
fault:
    rsr a2, exccause
    rsr a3, epc1
    rsr a4, excvaddr
    movi a1, _stack_top
    movi a0, instrument_fault
    callx0 a0
    j fault
    .global abort
abort:
    ill                     /* ends in instrument_fault */
