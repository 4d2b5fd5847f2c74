/* The library calls for arithmetic that this core lacks: division, 64-bit products, doubles. call0 convention: operands
   in a2.., 64-bit ones low word first; a0 and a12..a15 are the caller's.

   Each does what the routine of its name in compiler_builtins does, bit for bit but for the sign of a NaN, in a third to
   a half of the instructions: the core multiplies 32 by 32 bits but keeps the low word only, shifts across two
   registers, and counts leading zeros. Doubles that are zero, subnormal, infinite or no number, here or in the result,
   are left to src/rare.rs. The battery compares them all with the host. */

    .include "function.inc"

/* ---- integers ---- */

    /* Quotient of a2 by a3 into a6, remainder in a2; shifts the divisor up to the dividend, then subtracts on the way
       back. Division by zero isn't asked for. */
    .macro  divide
    movi.n  a6, 0
    bltu    a2, a3, 3f
    nsau    a4, a3
    nsau    a5, a2
    sub     a4, a4, a5
    ssl     a4
    sll     a3, a3
    bltu    a2, a3, 2f
1:  sub     a2, a2, a3
    addi.n  a6, a6, 1
2:  beqz.n  a4, 3f
    addi.n  a4, a4, -1
    srli    a3, a3, 1
    slli    a6, a6, 1
    bltu    a2, a3, 2b
    j       1b
3:
    .endm

    /* The remainder only. */
    .macro  remain
    bltu    a2, a3, 3f
    nsau    a4, a3
    nsau    a5, a2
    sub     a4, a4, a5
    ssl     a4
    sll     a3, a3
    bltu    a2, a3, 2f
1:  sub     a2, a2, a3
2:  beqz.n  a4, 3f
    addi.n  a4, a4, -1
    srli    a3, a3, 1
    bltu    a2, a3, 2b
    j       1b
3:
    .endm

    function __udivsi3
    divide
    mov.n   a2, a6
    ret.n

    function __umodsi3
    remain
    ret.n

    function __divsi3
    xor     a7, a2, a3
    abs     a2, a2
    abs     a3, a3
    divide
    mov.n   a2, a6
    bgez    a7, 4f
    neg     a2, a2
4:  ret.n

    function __modsi3
    mov.n   a7, a2
    abs     a2, a2
    abs     a3, a3
    remain
    bgez    a7, 4f
    neg     a2, a2
4:  ret.n

    function __muldi3
    mull    a3, a3, a4              /* high by low */
    mull    a5, a2, a5              /* low by high */
    add.n   a3, a3, a5
    extui   a6, a2, 16, 16
    extui   a7, a4, 16, 16
    mul16u  a8, a2, a4
    extui   a8, a8, 16, 16
    mul16u  a9, a2, a7
    add.n   a9, a9, a8
    extui   a10, a9, 0, 16
    extui   a9, a9, 16, 16
    mul16u  a8, a6, a4
    add.n   a8, a8, a10
    extui   a8, a8, 16, 16
    mul16u  a10, a6, a7
    add.n   a3, a3, a9
    add.n   a3, a3, a8
    add.n   a3, a3, a10
    mull    a2, a2, a4
    ret.n

/* ---- doubles ---- */

    function __subdf3
    movi.n  a6, 1
    slli    a6, a6, 31
    xor     a5, a5, a6
    .align  4                       /* where a call goes; it is anyway, and the linker is to keep it so */
    .global __adddf3
    .type   __adddf3, @function
__adddf3:
    /* The larger magnitude first. */
    slli    a6, a3, 1
    slli    a7, a5, 1
    bltu    a7, a6, .Lordered
    bne     a6, a7, .Lswap
    bgeu    a2, a4, .Lordered
.Lswap:
    mov.n   a6, a2
    mov.n   a2, a4
    mov.n   a4, a6
    mov.n   a6, a3
    mov.n   a3, a5
    mov.n   a5, a6
.Lordered:
    extui   a10, a3, 20, 11
    extui   a11, a5, 20, 11
    movi    a8, 0x7ff
    beq     a10, a8, .Lrare_sum
    beqz    a11, .Lsmall
    /* Significands with their leading bit at the top: a6:a7 and a9:a8. */
    sub     a11, a10, a11
    movi.n  a8, 1
    slli    a8, a8, 31
    ssai    21
    src     a6, a3, a2
    or      a6, a6, a8
    slli    a7, a2, 11
    src     a9, a5, a4
    or      a9, a9, a8
    slli    a8, a4, 11
    /* The smaller one moves down; of what falls out a bit tells. */
    bgeui   a11, 32, .Lfar
    ssr     a11
    sll     a11, a8
    src     a8, a9, a8
    srl     a9, a9
    beqz.n  a11, .Laligned
.Ltell:
    movi.n  a11, 1
    or      a8, a8, a11
.Laligned:
    xor     a11, a3, a5
    bltz    a11, .Ldifference
    add.n   a7, a7, a8
    add.n   a9, a6, a9
    bgeu    a7, a8, 1f
    addi.n  a9, a9, 1
    bltu    a6, a9, .Lround
    j       .Lcarried
1:  bgeu    a9, a6, .Lround
.Lcarried:
    extui   a11, a7, 0, 1
    ssai    1
    src     a7, a9, a7
    srli    a9, a9, 1
    movi.n  a8, 1
    slli    a8, a8, 31
    or      a9, a9, a8
    or      a7, a7, a11
    addi.n  a10, a10, 1
    movi    a8, 0x7ff
    beq     a10, a8, .Lrare_sum
.Lround:                            /* a9:a7 by its upper 53 bits, exponent in a10, sign of a3 */
    ssai    11
    src     a2, a9, a7
    srl     a9, a9
    slli    a8, a7, 21
    addi.n  a10, a10, -1
    slli    a10, a10, 20
    extui   a3, a3, 31, 1
    slli    a3, a3, 31
    add.n   a9, a9, a10
    add.n   a3, a3, a9
    bgez    a8, 2f
    slli    a8, a8, 1
    bnez.n  a8, 1f
    bbci    a2, 0, 2f               /* a tie: to the even one */
1:  addi.n  a2, a2, 1
    bnez.n  a2, 2f
    addi.n  a3, a3, 1
2:  ret.n
.Lfar:
    bgeui   a11, 64, .Lnothing
    ssr     a11
    sll     a11, a9
    or      a11, a11, a8
    srl     a8, a9
    movi.n  a9, 0
    bnez.n  a11, .Ltell
    j       .Laligned
.Lnothing:
    movi.n  a8, 1
    movi.n  a9, 0
    j       .Laligned
.Ldifference:
    sub     a11, a7, a8
    sub     a9, a6, a9
    bgeu    a7, a8, 1f
    addi.n  a9, a9, -1
1:  mov.n   a7, a11
    bltz    a9, .Lround
    beqz.n  a9, 2f
    nsau    a11, a9
    ssl     a11
    src     a9, a9, a7
    sll     a7, a7
    sub     a10, a10, a11
    bgei    a10, 1, .Lround
    j       .Lrare_sum
2:  beqz.n  a7, 3f
    nsau    a11, a7
    ssl     a11
    sll     a9, a7
    movi.n  a7, 0
    addi    a11, a11, 32
    sub     a10, a10, a11
    bgei    a10, 1, .Lround
    j       .Lrare_sum
3:  movi.n  a2, 0
    movi.n  a3, 0
    ret.n
.Lsmall:                            /* x + 0 */
    beqz.n  a10, .Lrare_sum
    slli    a6, a5, 1
    or      a6, a6, a4
    bnez.n  a6, .Lrare_sum
    ret.n
.Lrare_sum:
    movi    a8, lx106_rare_sum
    jx      a8

    function __muldf3
    extui   a6, a3, 20, 11
    extui   a7, a5, 20, 11
    movi    a8, 0x7fe
    addi.n  a9, a6, -1
    bgeu    a9, a8, .Lrare_product
    addi.n  a9, a7, -1
    bgeu    a9, a8, .Lrare_product
    add.n   a6, a6, a7
    addmi   a6, a6, -1024           /* the exponent, less one */
    bgeu    a6, a8, .Lrare_product
    addi    a8, a8, -1
    beq     a6, a8, .Lrare_product  /* or one more, after all, which rounding may take to infinity */
    addi    a1, a1, -16
    s32i.n  a12, a1, 0
    s32i.n  a13, a1, 4
    xor     a7, a3, a5
    extui   a7, a7, 31, 1
    slli    a7, a7, 31
    slli    a6, a6, 20
    or      a6, a6, a7
    /* Digits of 14 bits, whose products can be added without carrying: a8 a9 a10 a3 and a11 a2 a7 a5. */
    ssai    28
    extui   a8, a2, 0, 14
    extui   a9, a2, 14, 14
    src     a10, a3, a2
    extui   a10, a10, 0, 14
    extui   a3, a3, 10, 10
    addmi   a3, a3, 1024
    extui   a11, a4, 0, 14
    extui   a2, a4, 14, 14
    src     a7, a5, a4
    extui   a7, a7, 0, 14
    extui   a5, a5, 10, 10
    addmi   a5, a5, 1024
    /* Columns 0 to 3 into a4, with what lies below bit 42 told in a13. */
    mull    a4, a8, a11
    extui   a13, a4, 0, 14
    srli    a4, a4, 14
    mull    a12, a8, a2
    add.n   a4, a4, a12
    mull    a12, a9, a11
    add.n   a4, a4, a12
    extui   a12, a4, 0, 14
    or      a13, a13, a12
    srli    a4, a4, 14
    mull    a12, a8, a7
    add.n   a4, a4, a12
    mull    a12, a9, a2
    add.n   a4, a4, a12
    mull    a12, a10, a11
    add.n   a4, a4, a12
    extui   a12, a4, 0, 14
    or      a13, a13, a12
    srli    a4, a4, 14
    mull    a12, a8, a5
    add.n   a4, a4, a12
    mull    a12, a9, a7
    add.n   a4, a4, a12
    mull    a12, a10, a2
    add.n   a4, a4, a12
    mull    a12, a3, a11
    add.n   a4, a4, a12
    /* Columns 4, 5 and 6: a8, a9, a10. */
    mull    a8, a9, a5
    mull    a12, a10, a7
    add.n   a8, a8, a12
    mull    a12, a3, a2
    add.n   a8, a8, a12
    mull    a9, a10, a5
    mull    a12, a3, a7
    add.n   a9, a9, a12
    mull    a10, a3, a5
    /* a8:a4 is the product from bit 42 on. */
    slli    a2, a8, 14
    extui   a8, a8, 18, 14
    add.n   a4, a4, a2
    bgeu    a4, a2, 1f
    addi.n  a8, a8, 1
1:  slli    a2, a9, 28
    srli    a9, a9, 4
    add.n   a8, a8, a9
    add.n   a4, a4, a2
    bgeu    a4, a2, 1f
    addi.n  a8, a8, 1
1:  slli    a10, a10, 10
    add.n   a8, a8, a10
    beqz.n  a13, 1f
    movi.n  a13, 1
    or      a4, a4, a13
1:  l32i.n  a12, a1, 0
    l32i.n  a13, a1, 4
    addi    a1, a1, 16
    bltz    a8, 1f
    ssai    10
    slli    a9, a4, 22
    j       2f
1:  movi.n  a10, 1
    slli    a10, a10, 20
    add.n   a6, a6, a10
    ssai    11
    slli    a9, a4, 21
2:  src     a2, a8, a4
    srl     a8, a8
    add.n   a3, a6, a8
    bgez    a9, 4f
    slli    a9, a9, 1
    bnez.n  a9, 3f
    bbci    a2, 0, 4f
3:  addi.n  a2, a2, 1
    bnez.n  a2, 4f
    addi.n  a3, a3, 1
4:  ret.n
.Lrare_product:
    movi    a8, lx106_rare_product
    jx      a8

    function __floatsidf
    extui   a4, a2, 31, 1
    slli    a4, a4, 31
    abs     a2, a2
    j       .Lof_magnitude
    .global __floatunsidf
    .type   __floatunsidf, @function
__floatunsidf:
    movi.n  a4, 0
.Lof_magnitude:
    beqz.n  a2, 1f
    nsau    a5, a2
    ssl     a5
    sll     a2, a2
    movi    a6, 1053                /* the exponent of 2 ** 31, less one for the leading bit */
    sub     a6, a6, a5
    slli    a6, a6, 20
    srli    a3, a2, 11
    add.n   a3, a3, a6
    add.n   a3, a3, a4
    slli    a2, a2, 21
    ret.n
1:  movi.n  a3, 0
    ret.n

    /* Less than, equal to, greater than zero as a is to b; `unordered` where one is no number. */
    .macro  compare unordered
    slli    a6, a3, 1
    slli    a7, a5, 1
    movi.n  a8, -1
    slli    a8, a8, 21
    bgeu    a6, a8, 5f
    bgeu    a7, a8, 6f
1:  xor     a9, a3, a5
    bltz    a9, 4f
    bne     a3, a5, 2f
    beq     a2, a4, 8f
    movi.n  a6, 1
    bltu    a4, a2, 3f
    movi.n  a6, -1
    j       3f
2:  movi.n  a6, 1
    blt     a5, a3, 3f
    movi.n  a6, -1
3:  mov.n   a2, a6                  /* for positive ones; negative ones are the other way round */
    bgez    a3, 9f
    neg     a2, a2
9:  ret.n
4:  or      a6, a6, a7              /* of different signs: equal where both are zero */
    or      a6, a6, a2
    or      a6, a6, a4
    beqz.n  a6, 8f
    movi.n  a2, 1
    bgez    a3, 9b
    movi.n  a2, -1
    ret.n
8:  movi.n  a2, 0
    ret.n
5:  bne     a6, a8, 7f
    bnez.n  a2, 7f
    bltu    a7, a8, 1b
6:  bne     a7, a8, 7f
    beqz.n  a4, 1b
7:  movi.n  a2, \unordered
    ret.n
    .endm

    function __ltdf2
    .global __ledf2, __eqdf2, __nedf2
__ledf2:
__eqdf2:
__nedf2:
    compare 1

    function __gtdf2
    .global __gedf2
__gedf2:
    compare -1
