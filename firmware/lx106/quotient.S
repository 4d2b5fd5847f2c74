/* Quotients of doubles: four digits of 13 bits, each guessed by the divisor's reciprocal and made good by the next.

   a / b = 1 + q1 / 2**13 + q2 / 2**26 + .. with significands of 53 bits, a doubled where it is the smaller one. The rest
   r = a - b * (what is known) is kept in two words; r * 2**13 - q * b is calculated modulo 2**64, which does since it is
   small. The reciprocal has 15 bits, by a line within one of 64 intervals (`reciprocals` in build.rs), so a digit may be
   off by one and the rest up to 1.65 b, of either sign. At the end the quotient moves until the rest is within half of b,
   which is rounding to nearest: no quotient lies halfway between two doubles. */

    .include "function.inc"
    .include "reciprocals.inc"

    /* A digit into q; the rest is in a3:a2, the divisor in a5:a4 and by halves in a11 and a12. */
    .macro  digit q
    srai    a8, a3, 5
    mull    a8, a8, a9
    add.n   a8, a8, a10
    srai    \q, a8, 17
    src     a3, a3, a2
    slli    a2, a2, 13
    mull    a8, \q, a12
    srai    a8, a8, 16
    mull    a13, \q, a11
    add.n   a13, a13, a8
    srai    a13, a13, 16
    mull    a8, \q, a5
    add.n   a13, a13, a8
    mull    a8, \q, a4
    sub     a3, a3, a13
    bgeu    a2, a8, 1f
    addi.n  a3, a3, -1
1:  sub     a2, a2, a8
    .endm

    function __divdf3
    extui   a6, a3, 20, 11
    extui   a7, a5, 20, 11
    movi    a8, 0x7fe
    addi.n  a9, a6, -1
    bgeu    a9, a8, .Lrare
    addi.n  a9, a7, -1
    bgeu    a9, a8, .Lrare
    sub     a6, a6, a7
    addmi   a6, a6, 0x400
    addi    a9, a6, -3              /* the exponent, less one for the leading bit and one for a < b */
    movi    a8, 2044
    bltu    a9, a8, 1f
.Lrare:
    movi    a8, lx106_rare_quotient
    jx      a8
1:  addi    a1, a1, -16
    s32i.n  a12, a1, 0
    s32i.n  a13, a1, 4
    s32i.n  a14, a1, 8
    s32i.n  a15, a1, 12
    xor     a7, a3, a5
    extui   a7, a7, 31, 1
    slli    a7, a7, 31
    slli    a6, a9, 20
    or      a6, a6, a7
    movi.n  a8, 1
    slli    a8, a8, 20
    slli    a3, a3, 12
    srli    a3, a3, 12
    or      a3, a3, a8
    slli    a5, a5, 12
    srli    a5, a5, 12
    or      a5, a5, a8
    bltu    a3, a5, .Lless
    bltu    a5, a3, .Lmore
    bltu    a2, a4, .Lless
.Lmore:
    add.n   a6, a6, a8
    j       .Lfirst
.Lless:
    ssai    31
    src     a3, a3, a2
    slli    a2, a2, 1
.Lfirst:
    sub     a3, a3, a5
    bgeu    a2, a4, 1f
    addi.n  a3, a3, -1
1:  sub     a2, a2, a4
    add.n   a6, a6, a8              /* the leading digit */
    movi    a9, reciprocals
    extui   a8, a5, 14, 6
    addx4   a9, a8, a9
    l32i.n  a9, a9, 0
    extui   a10, a5, 5, 9
    mul16u  a10, a9, a10
    srli    a10, a10, 9
    extui   a9, a9, 16, 16
    sub     a9, a9, a10
    movi.n  a8, 1
    slli    a8, a8, 16
    srli    a10, a9, 1
    add.n   a10, a10, a8            /* half of a digit, and of what the rest is cut by */
    extui   a11, a4, 16, 16
    extui   a12, a4, 0, 16
    ssai    19
    digit   a14
    digit   a7
    slli    a14, a14, 13
    add.n   a14, a14, a7
    digit   a15
    digit   a7
    slli    a15, a15, 13
    add.n   a15, a15, a7
    /* The digits together: a7:a10. */
    srai    a7, a14, 6
    slli    a14, a14, 26
    add.n   a10, a14, a15
    bgeu    a10, a14, 1f
    addi.n  a7, a7, 1
1:  srai    a15, a15, 31
    add.n   a7, a7, a15
    ssai    31
.Lnearest:
    src     a8, a3, a2
    slli    a13, a2, 1
    bltz    a3, .Lbelow
    bltu    a5, a8, 1f
    bne     a5, a8, .Ldone
    bgeu    a4, a13, .Ldone
1:  addi.n  a10, a10, 1
    bnez.n  a10, 1f
    addi.n  a7, a7, 1
1:  sub     a3, a3, a5
    bgeu    a2, a4, 1f
    addi.n  a3, a3, -1
1:  sub     a2, a2, a4
    j       .Lnearest
.Lbelow:
    add.n   a13, a13, a4
    add.n   a8, a8, a5
    bgeu    a13, a4, 1f
    addi.n  a8, a8, 1
1:  bgez    a8, .Ldone
    bnez.n  a10, 1f
    addi.n  a7, a7, -1
1:  addi.n  a10, a10, -1
    add.n   a2, a2, a4
    add.n   a3, a3, a5
    bgeu    a2, a4, .Lnearest
    addi.n  a3, a3, 1
    j       .Lnearest
.Ldone:
    l32i.n  a12, a1, 0
    l32i.n  a13, a1, 4
    l32i.n  a14, a1, 8
    l32i.n  a15, a1, 12
    addi    a1, a1, 16
    add.n   a3, a6, a7
    mov.n   a2, a10
    ret.n
