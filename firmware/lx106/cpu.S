/* The processor's registers and the simulator, for src/cpu.rs and src/simulator.rs: call0 convention. */
    .text
    .align 4
    .global lx106_ccount
lx106_ccount:
    rsr a2, ccount
    ret

    .align 4
    .global lx106_mask_interrupts
lx106_mask_interrupts:
    rsil a2, 15
    ret

    .align 4
    .global lx106_restore_interrupts
lx106_restore_interrupts:
    wsr a2, ps
    rsync
    ret

    .align 4
    .global lx106_simcall
lx106_simcall:              /* call and arguments are already where simcall wants them */
    simcall
    ret
