/* Vectors and start-up of the ESP8266, and the handler for narrow loads from flash. */
    .include "clock.inc"
    .if CLOCK_MHZ != 80
    .error "the PLL is set for 80 MHz"
    .endif

    .section .vectors, "ax"
    .org 0x10
    j fault                 /* debug */
    .org 0x20
    j fault                 /* not maskable */
    .org 0x30
    j exception             /* kernel */
    .org 0x50
    j exception             /* user */
    .org 0x70
    j fault                 /* double */
    .org 0x80

    .section .iram, "ax"
    .literal_position
    .align 4
    .global _start
_start:                     /* from the first stage by call0; a2 is what it says of this start */
    mov a12, a2
    rsil a2, 15
    movi a2, 0x40100000
    wsr a2, vecbase
    movi a1, _stack_top
    movi a0, ets_wdt_disable
    callx0 a0
    movi a2, 103            /* PLL for a crystal of 26 MHz: 80 MHz */
    movi a3, 4
    movi a4, 1
    movi a5, 136
    movi a0, rom_i2c_writeReg
    callx0 a0
    movi a2, 103
    movi a3, 4
    movi a4, 2
    movi a5, 145
    movi a0, rom_i2c_writeReg
    callx0 a0
    movi a2, CLOCK_MHZ
    movi a0, ets_update_cpu_frequency
    callx0 a0
    movi a2, 0x60000014     /* UART 0: 80 MHz / 694 = 115200 baud */
    movi a3, 694
    s32i a3, a2, 0
    movi a2, _bss_start
    movi a3, _bss_end
    movi a4, 0
1:  bgeu a2, a3, 2f
    s32i a4, a2, 0
    addi a2, a2, 4
    j 1b
2:  movi a2, board_boot
    s32i a12, a2, 0
    call0 map
    movi a2, 0x20           /* exceptions go to the user vector; no interrupt is enabled */
    wsr a2, ps
    rsync
    movi a0, board_main
    callx0 a0

    .align 4
exception:
    wsr a0, excsave1
    rsr a0, exccause
    beqi a0, 3, narrow
fault:
    rsr a2, exccause
    rsr a3, epc1
    rsr a4, excvaddr
    movi a1, _stack_top
    movi a0, board_fault
    callx0 a0
    j fault

/* LoadStoreError: a load of 8 or 16 bits from flash or instruction RAM. All registers go into a frame; Rust puts the
   loaded value into the place of its register. */
    .align 4
narrow:
    addi a1, a1, -96        /* a multiple of 16; nobody keeps anything below the stack pointer */
    s32i a2, a1, 8
    s32i a3, a1, 12
    s32i a4, a1, 16
    s32i a5, a1, 20
    s32i a6, a1, 24
    s32i a7, a1, 28
    s32i a8, a1, 32
    s32i a9, a1, 36
    s32i a10, a1, 40
    s32i a11, a1, 44
    s32i a12, a1, 48
    s32i a13, a1, 52
    s32i a14, a1, 56
    s32i a15, a1, 60
    rsr a2, excsave1
    s32i a2, a1, 0
    rsr a2, sar
    s32i a2, a1, 64
    mov a2, a1
    rsr a3, epc1
    rsr a4, excvaddr
    movi a0, board_narrow
    callx0 a0
    beqz a2, fault          /* it was something else */
    rsr a2, epc1
    addi a2, a2, 3
    wsr a2, epc1
    l32i a2, a1, 64
    wsr a2, sar
    l32i a0, a1, 0
    l32i a2, a1, 8
    l32i a3, a1, 12
    l32i a4, a1, 16
    l32i a5, a1, 20
    l32i a6, a1, 24
    l32i a7, a1, 28
    l32i a8, a1, 32
    l32i a9, a1, 36
    l32i a10, a1, 40
    l32i a11, a1, 44
    l32i a12, a1, 48
    l32i a13, a1, 52
    l32i a14, a1, 56
    l32i a15, a1, 60
    addi a1, a1, 96
    rfe

    .align 4
    .global abort
abort:
    ill

/* A megabyte of flash at 0x40200000, through 32 KiB of cache: the first for place 0, the third for place 1. */
    .align 4
map:
    addi a1, a1, -16
    s32i a0, a1, 0
    movi a2, board_boot
    l32i a3, a2, 0
    extui a3, a3, 0, 1
    movi a2, 0
    movi a4, 1
    movi a0, Cache_Read_Enable
    callx0 a0
    l32i a0, a1, 0
    addi a1, a1, 16
    ret

/* Flash is written while the cache is off, so from here: function, its three arguments. */
    .align 4
    .global board_flash
board_flash:
    addi a1, a1, -32
    s32i a0, a1, 0
    s32i a12, a1, 4
    s32i a13, a1, 8
    s32i a14, a1, 12
    s32i a15, a1, 16
    mov a12, a2
    mov a13, a3
    mov a14, a4
    mov a15, a5
    movi a0, Cache_Read_Disable
    callx0 a0
    mov a2, a13
    mov a3, a14
    mov a4, a15
    callx0 a12
    mov a12, a2
    call0 map
    mov a2, a12
    l32i a0, a1, 0
    l32i a12, a1, 4
    l32i a13, a1, 8
    l32i a14, a1, 12
    l32i a15, a1, 16
    addi a1, a1, 32
    ret

/* What `cargo xtask tighten` leaves nowhere else: a byte from flash, for the image that tests look for it in. */
    .section .text.board_narrow_load, "ax"
    .align 4
    .global board_narrow_load
board_narrow_load:
    l8ui a2, a2, 0
    ret

    .section .bss.board_boot, "aw", @nobits
    .align 4
    .global board_boot
board_boot:                 /* what the first stage said: bit 0 the place, bit 8 whether it is on trial */
    .space 4
