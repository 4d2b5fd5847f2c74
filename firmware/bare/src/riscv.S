/* Start-up of a RISC-V core, and where its exceptions go. */
    .section .reset, "ax"
    .global board_reset
board_reset:
    csrw mie, zero
    csrci mstatus, 8        /* no interrupt is ever taken: a pending one only wakes the processor */
    la sp, _stack_top
    la t0, board_exception
    csrw mtvec, t0
    la a0, _data_load
    la a1, _data_start
    la a2, _data_end
1:  bgeu a1, a2, 2f
    lw t0, 0(a0)
    sw t0, 0(a1)
    addi a0, a0, 4
    addi a1, a1, 4
    j 1b
2:  la a1, _bss_start
    la a2, _bss_end
3:  bgeu a1, a2, 4f
    sw zero, 0(a1)
    addi a1, a1, 4
    j 3b
4:  call board_main
5:  j 5b

    .balign 4
board_exception:
    csrr a0, mcause
    csrr a1, mepc
    csrr a2, mtval
    la sp, _stack_top
    j board_fault
