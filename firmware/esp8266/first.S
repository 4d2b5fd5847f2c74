/* Start of the first stage, and its end: into the image. */
    .section .iram, "ax"
    .literal_position
    .align 4
    .global _start
_start:                     /* from the boot ROM by call0, interrupts possibly on, on the ROM's stack */
    rsil a2, 15
    movi a1, _stack_top
    movi a0, first_main
    callx0 a0

    .align 4
    .global first_jump
first_jump:                 /* entry, what the image is told in a2 */
    mov a0, a2
    mov a2, a3
    callx0 a0
    .global abort
abort:
    ill
