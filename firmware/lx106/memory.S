/* memcpy, memmove, memcmp and memset by words, in place of compiler_builtins' own, which are weak: call0 convention,
 * a2 = destination, a3 = source or byte, a4 = count; a2 is returned as it came.
 *
 * Sources may lie in flash, which answers aligned words only: no byte is loaded by itself, but where source and
 * destination overlap, which is RAM then. Where they differ in alignment, words are put together by the funnel shift. No
 * word is loaded that has not a byte of the source in it, so nothing outside of the source's memory is touched.
 */
    .text
    .align 4
    .global memmove
    .type memmove, @function
memmove:
    sub     a5, a2, a3
    bltu    a5, a4, .Lbackwards     /* the source's end would be overwritten before it is read */
    j       memcpy
    .size memmove, . - memmove

    .align 4
    .global memcpy
    .type memcpy, @function
memcpy:
    mov     a5, a2
    or      a6, a2, a3
    extui   a6, a6, 0, 2
    bnez    a6, .Lunaligned

.Laligned:                          /* a3 and a5 are; what is left is in a4 */
    srli    a7, a4, 4
    beqz    a7, .Lrest
.Lsixteen:
    l32i    a8, a3, 0
    l32i    a9, a3, 4
    l32i    a10, a3, 8
    l32i    a11, a3, 12
    s32i    a8, a5, 0
    s32i    a9, a5, 4
    s32i    a10, a5, 8
    s32i    a11, a5, 12
    addi    a3, a3, 16
    addi    a5, a5, 16
    addi    a7, a7, -1
    bnez    a7, .Lsixteen
.Lrest:
    bbci    a4, 3, .Lfour
    l32i    a8, a3, 0
    l32i    a9, a3, 4
    s32i    a8, a5, 0
    s32i    a9, a5, 4
    addi    a3, a3, 8
    addi    a5, a5, 8
.Lfour:
    bbci    a4, 2, .Ltail
    l32i    a8, a3, 0
    s32i    a8, a5, 0
    addi    a3, a3, 4
    addi    a5, a5, 4
.Ltail:                             /* the last one to three bytes, of a word */
    extui   a4, a4, 0, 2
    beqz    a4, .Lcopied
    l32i    a8, a3, 0
.Lstore:                            /* a4 bytes of a8, one to three */
    s8i     a8, a5, 0
    beqi    a4, 1, .Lcopied
    srli    a8, a8, 8
    s8i     a8, a5, 1
    beqi    a4, 2, .Lcopied
    srli    a8, a8, 8
    s8i     a8, a5, 2
.Lcopied:
    ret

.Lshort:                            /* up to seven bytes from and to anywhere */
    beqz    a4, .Lcopied
    ssa8l   a3
    extui   a11, a3, 0, 2
    sub     a3, a3, a11
    l32i    a6, a3, 0
    bltui   a4, 4, .Lback
    beqz    a11, 1f
    l32i    a9, a3, 4
1:  src     a8, a9, a6
    s8i     a8, a5, 0
    srli    a8, a8, 8
    s8i     a8, a5, 1
    srli    a8, a8, 8
    s8i     a8, a5, 2
    srli    a8, a8, 8
    s8i     a8, a5, 3
    addi    a4, a4, -4
    beqz    a4, .Lcopied
    addi    a3, a3, 4
    addi    a5, a5, 4
    mov     a6, a9
    bnez    a11, .Lback
    l32i    a6, a3, 0
    j       .Lback

.Lunaligned:
    bltui   a4, 8, .Lshort
    extui   a7, a5, 0, 2
    beqz    a7, .Lwhole
    movi    a10, 4                  /* one to three bytes, until the destination is aligned */
    sub     a10, a10, a7
    ssa8l   a3
    extui   a11, a3, 0, 2
    sub     a9, a3, a11
    l32i    a8, a9, 0
    l32i    a9, a9, 4
    src     a8, a9, a8
    s8i     a8, a5, 0
    beqi    a10, 1, 1f
    srli    a8, a8, 8
    s8i     a8, a5, 1
    beqi    a10, 2, 1f
    srli    a8, a8, 8
    s8i     a8, a5, 2
1:  add     a3, a3, a10
    add     a5, a5, a10
    sub     a4, a4, a10
.Lwhole:                            /* the destination is aligned now, and five bytes are left at least */
    extui   a11, a3, 0, 2
    beqz    a11, .Laligned
    ssa8l   a3
    sub     a3, a3, a11
    l32i    a6, a3, 0
    srli    a7, a4, 3
    beqz    a7, .Lodd
.Lfunnel:
    l32i    a8, a3, 4
    l32i    a9, a3, 8
    src     a6, a8, a6
    s32i    a6, a5, 0
    src     a8, a9, a8
    s32i    a8, a5, 4
    mov     a6, a9
    addi    a3, a3, 8
    addi    a5, a5, 8
    addi    a7, a7, -1
    bnez    a7, .Lfunnel
.Lodd:
    bbci    a4, 2, .Lback
    l32i    a8, a3, 4
    src     a6, a8, a6
    s32i    a6, a5, 0
    mov     a6, a8
    addi    a3, a3, 4
    addi    a5, a5, 4
.Lback:                             /* up to three bytes, the first a11 bytes into a6 */
    extui   a4, a4, 0, 2
    beqz    a4, .Lcopied
    add     a7, a11, a4
    bltui   a7, 5, 1f
    l32i    a9, a3, 4
1:  src     a8, a9, a6
    j       .Lstore
    .size memcpy, . - memcpy

.Lbackwards:
    add     a3, a3, a4
    add     a5, a2, a4
    xor     a6, a3, a5
    extui   a6, a6, 0, 2
    bnez    a6, .Ldown
.Ldown_to_word:
    extui   a6, a3, 0, 2
    beqz    a6, .Ldown_words
    beqz    a4, .Lcopied
    addi    a3, a3, -1
    l8ui    a8, a3, 0
    addi    a5, a5, -1
    s8i     a8, a5, 0
    addi    a4, a4, -1
    j       .Ldown_to_word
.Ldown_words:
    srli    a7, a4, 2
    extui   a4, a4, 0, 2
    beqz    a7, .Ldown
.Ldown_word:
    addi    a3, a3, -4
    l32i    a8, a3, 0
    addi    a5, a5, -4
    s32i    a8, a5, 0
    addi    a7, a7, -1
    bnez    a7, .Ldown_word
.Ldown:
    beqz    a4, .Lcopied
.Ldown_byte:
    addi    a3, a3, -1
    l8ui    a8, a3, 0
    addi    a5, a5, -1
    s8i     a8, a5, 0
    addi    a4, a4, -1
    bnez    a4, .Ldown_byte
    ret

    .align 4
    .global memcmp
    .type memcmp, @function
    .global bcmp
    .type bcmp, @function
memcmp:
bcmp:
    or      a5, a2, a3
    extui   a5, a5, 0, 2
    bnez    a5, .Lanywhere
.Lequal_words:
    bltui   a4, 4, .Lanywhere
    l32i    a6, a2, 0
    l32i    a7, a3, 0
    bne     a6, a7, .Lunequal
    addi    a2, a2, 4
    addi    a3, a3, 4
    addi    a4, a4, -4
    j       .Lequal_words
.Lanywhere:
    beqz    a4, .Lequal
    extui   a5, a2, 0, 2
    sub     a10, a2, a5
    extui   a8, a3, 0, 2
    sub     a11, a3, a8
.Lanywhere_words:
    l32i    a6, a10, 0
    l32i    a7, a11, 0
    bltui   a4, 4, .Lfew
    beqz    a5, 1f
    l32i    a9, a10, 4
    ssa8l   a2
    src     a6, a9, a6
1:  beqz    a8, 1f
    l32i    a9, a11, 4
    ssa8l   a3
    src     a7, a9, a7
1:  bne     a6, a7, .Lunequal
    addi    a10, a10, 4
    addi    a11, a11, 4
    addi    a4, a4, -4
    bnez    a4, .Lanywhere_words
    j       .Lequal
.Lfew:                              /* one to three bytes, in front of nothing */
    add     a9, a5, a4
    bltui   a9, 5, 1f
    l32i    a9, a10, 4
1:  ssa8l   a2
    src     a6, a9, a6
    add     a9, a8, a4
    bltui   a9, 5, 1f
    l32i    a9, a11, 4
1:  ssa8l   a3
    src     a7, a9, a7
    slli    a9, a4, 3
    ssr     a9
    sll     a6, a6
    sll     a7, a7
    beq     a6, a7, .Lequal
.Lunequal:                          /* in one of these bytes */
    extui   a2, a6, 0, 8
    extui   a3, a7, 0, 8
    bne     a2, a3, 1f
    srli    a6, a6, 8
    srli    a7, a7, 8
    j       .Lunequal
1:  sub     a2, a2, a3
    ret
.Lequal:
    movi    a2, 0
    ret
    .size memcmp, . - memcmp

    .align 4
    .global memset
    .type memset, @function
memset:
    mov     a5, a2
    bltui   a4, 8, .Lset_bytes
    extui   a3, a3, 0, 8
    slli    a6, a3, 8
    or      a3, a3, a6
    slli    a6, a3, 16
    or      a3, a3, a6
    bbci    a5, 0, .Lset_two
    s8i     a3, a5, 0
    addi    a5, a5, 1
    addi    a4, a4, -1
.Lset_two:
    bbci    a5, 1, .Lset_whole
    s16i    a3, a5, 0
    addi    a5, a5, 2
    addi    a4, a4, -2
.Lset_whole:
    srli    a7, a4, 6
    beqz    a7, .Lset_sixteens
.Lset_sixty_four:
    s32i    a3, a5, 0
    s32i    a3, a5, 4
    s32i    a3, a5, 8
    s32i    a3, a5, 12
    s32i    a3, a5, 16
    s32i    a3, a5, 20
    s32i    a3, a5, 24
    s32i    a3, a5, 28
    s32i    a3, a5, 32
    s32i    a3, a5, 36
    s32i    a3, a5, 40
    s32i    a3, a5, 44
    s32i    a3, a5, 48
    s32i    a3, a5, 52
    s32i    a3, a5, 56
    s32i    a3, a5, 60
    addi    a5, a5, 64
    addi    a7, a7, -1
    bnez    a7, .Lset_sixty_four
.Lset_sixteens:
    extui   a7, a4, 4, 2
    beqz    a7, .Lset_rest
.Lset_sixteen:
    s32i    a3, a5, 0
    s32i    a3, a5, 4
    s32i    a3, a5, 8
    s32i    a3, a5, 12
    addi    a5, a5, 16
    addi    a7, a7, -1
    bnez    a7, .Lset_sixteen
.Lset_rest:
    bbci    a4, 3, .Lset_four
    s32i    a3, a5, 0
    s32i    a3, a5, 4
    addi    a5, a5, 8
.Lset_four:
    bbci    a4, 2, .Lset_tail
    s32i    a3, a5, 0
    addi    a5, a5, 4
.Lset_tail:
    extui   a4, a4, 0, 2
.Lset_bytes:
    beqz    a4, .Lset
.Lset_byte:
    s8i     a3, a5, 0
    addi    a5, a5, 1
    addi    a4, a4, -1
    bnez    a4, .Lset_byte
.Lset:
    ret
    .size memset, . - memset
