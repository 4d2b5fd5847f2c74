/* A reflected CRC of 32 bits by a table: call0 convention, a2 = table[256], a3 = sum, a4 = bytes, a5 = count; the sum is
 * returned. Bytes up to the first word and after the last are taken one by one.
 */
    .macro step                         /* by the lowest byte of the sum */
    extui   a6, a3, 0, 8
    addx4   a6, a6, a2
    l32i    a6, a6, 0
    srli    a3, a3, 8
    xor     a3, a3, a6
    .endm

    .text
    .align 4
    .global lx106_crc_update
    .type lx106_crc_update, @function
lx106_crc_update:
    add     a5, a4, a5                  /* where they end */
.Lhead:
    extui   a6, a4, 0, 2
    beqz    a6, .Laligned
    bgeu    a4, a5, .Ldone
    l8ui    a7, a4, 0
    addi    a4, a4, 1
    xor     a3, a3, a7
    step
    j       .Lhead

.Laligned:
    sub     a8, a5, a4
    srli    a9, a8, 4
    beqz    a9, .Lwords
    slli    a9, a9, 4
    add     a9, a4, a9                  /* where the last four words end */
.Lsixteen:
    .irp    at, 0, 4, 8, 12
    l32i    a7, a4, \at
    xor     a3, a3, a7
    step
    step
    step
    step
    .endr
    addi    a4, a4, 16
    bltu    a4, a9, .Lsixteen

.Lwords:
    extui   a8, a8, 2, 2
    beqz    a8, .Ltail
    addx4   a8, a8, a4                  /* where the last word ends */
.Lword:
    l32i    a7, a4, 0
    addi    a4, a4, 4
    xor     a3, a3, a7
    step
    step
    step
    step
    bltu    a4, a8, .Lword

.Ltail:
    bgeu    a4, a5, .Ldone
    l8ui    a7, a4, 0
    addi    a4, a4, 1
    xor     a3, a3, a7
    step
    j       .Ltail

.Ldone:
    mov     a2, a3
    ret
    .size lx106_crc_update, . - lx106_crc_update
