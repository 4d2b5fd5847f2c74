/* Vectors and start-up of a Cortex-M with ARM's larger instruction set, with float unit or without. */
    .syntax unified
    .section .vectors, "a"
    .word _stack_top
    .word board_reset
    .word board_exception   /* not maskable */
    .word board_exception   /* hard fault */
    .word board_exception   /* memory */
    .word board_exception   /* bus */
    .word board_exception   /* usage */
    /* No other is ever taken: interrupts are masked, and only wake the processor. */

    .section .text.board_reset, "ax"
    .global board_reset
    .type board_reset, %function
    .thumb_func
board_reset:
    cpsid i
    ldr r0, =0xe000ed88     /* CPACR: the float unit is on, if there is one */
    ldr r1, [r0]
    orr r1, r1, #(15 << 20)
    str r1, [r0]
    dsb
    isb
    ldr r0, =_data_load
    ldr r1, =_data_start
    ldr r2, =_data_end
1:  cmp r1, r2
    bhs 2f
    ldr r3, [r0], #4
    str r3, [r1], #4
    b 1b
2:  ldr r1, =_bss_start
    ldr r2, =_bss_end
    movs r3, #0
3:  cmp r1, r2
    bhs 4f
    str r3, [r1], #4
    b 3b
4:  bl board_main
    b .
    .pool

    .section .text.board_exception, "ax"
    .global board_exception
    .type board_exception, %function
    .thumb_func
board_exception:            /* the frame: r0 to r3, r12, lr, pc, xpsr */
    mrs r0, ipsr
    ldr r1, [sp, #24]
    ldr r2, =0xe000ed28     /* CFSR: what kind of fault */
    ldr r2, [r2]
    b board_fault
    .pool
