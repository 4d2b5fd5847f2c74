/* Entry points of the ROM, at the addresses of the chip's own (Espressif's eagle.rom.addr.v6.ld). */
    .macro entry address, function
    .org \address - 0x40001000
    movi a8, \function      /* a8 carries no argument */
    jx a8
    .endm

    .section .entries, "ax"
    entry 0x4000264c, rom_reset
    entry 0x40002ecc, rom_nothing           /* ets_delay_us */
    entry 0x40002f04, rom_nothing           /* ets_update_cpu_frequency */
    entry 0x40002f0c, rom_cpu_frequency     /* ets_get_cpu_frequency */
    entry 0x400030f0, rom_nothing           /* ets_wdt_disable */
    entry 0x40003b30, rom_uart_send         /* uart_tx_one_char */
    entry 0x40003b8c, rom_uart_receive      /* uart_rx_one_char */
    entry 0x40004678, rom_cache_enable      /* Cache_Read_Enable */
    entry 0x400047f0, rom_nothing           /* Cache_Read_Disable */
    entry 0x40004878, rom_nothing           /* SPIUnlock */
    entry 0x40004a00, rom_flash_erase       /* SPIEraseSector */
    entry 0x40004a4c, rom_flash_write       /* SPIWrite */
    entry 0x40004b1c, rom_flash_read        /* SPIRead */
    entry 0x400072d8, rom_nothing           /* rom_i2c_writeReg */

    .section .vectors, "ax"
    j rom_start             /* where the machine starts */
    .org 0x10
    j fault
    .org 0x20
    j fault
    .org 0x30
    j fault
    .org 0x50
    j fault
    .org 0x70
    j fault

    .section .start, "ax"
    .literal_position
    .align 4
    .global rom_start
rom_start:
    rsil a2, 15
    movi a2, 0x50000000
    wsr a2, vecbase
    movi a1, 0x3fffff00     /* the chip's ROM has its stack at the end of data RAM */
    movi a2, 0x20
    wsr a2, ps
    rsync
    movi a0, rom_main
    callx0 a0
fault:
    rsr a2, exccause
    rsr a3, epc1
    rsr a4, excvaddr
    movi a1, 0x3fffff00
    movi a0, rom_fault
    callx0 a0
    .align 4
    .global rom_nothing
rom_nothing:
    movi a2, 0
    ret
    .align 4
    .global rom_jump        /* to the image, as the ROM does: by call0 */
rom_jump:
    mov a0, a2
    callx0 a0
    .global abort
abort:
    ill
