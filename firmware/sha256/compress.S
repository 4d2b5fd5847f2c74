/* SHA-256's compression (FIPS 180-4, section 6.2.2): call0 convention, a2 = state[8], a3 = block[64], both aligned.
 *
 * 16 words of the message schedule lie in the stack frame and are renewed as they are used up. a to h stay in a8 to a15
 * and change their roles instead of their places. A rotation is `src` of a register with itself by the amount in SAR, so
 * a round is ordered by amounts, and sums of rotations are written so that they share them:
 *
 *   S1(e) = rotr6(e ^ rotr19(e)) ^ rotr11(e)      s1(n) = rotr17(n) ^ rotr19(n) ^ n >> 10
 *   S0(a) = rotr2(a ^ rotr11(a)) ^ rotr22(a)      s0(y) = rotr7(y ^ rotr11(y)) ^ y >> 3
 *
 * Maj(a, b, c) = ((a ^ b) & (b ^ c)) ^ b, where b ^ c is the last round's a ^ b.
 */
#define SAVED_A0    64
#define SAVED_A12   68
#define SAVED_A13   72
#define SAVED_A14   76
#define SAVED_A15   80
#define STATE       84
#define FRAME       96

/* Round \i of 16. \x is the schedule's word 16 rounds ago, which a renewing round brings up to date and stores; \y will
 * be the next one's. \m is b ^ c; \n, until then a temporary like a5 and a6, is the next one's. a2: the constants. */
    .macro round a, b, c, d, e, f, g, h, x, y, m, n, i, renews
    .if \renews
    l32i    a5, a1, 4 * (((\i) + 14) & 15)
    l32i    \n, a1, 4 * (((\i) + 9) & 15)
    l32i    \y, a1, 4 * (((\i) + 1) & 15)
    ssai    17
    src     a6, a5, a5
    add     \x, \x, \n
    ssai    19
    src     \n, a5, a5
    xor     a6, a6, \n
    srli    a5, a5, 10
    xor     a6, a6, a5
    add     \x, \x, a6
    .else
    ssai    19
    .endif
    l32i    a6, a2, 4 * (\i)
    src     a5, \e, \e
    add     \h, \h, a6
    xor     a5, a5, \e
    ssai    6
    src     a5, a5, a5
    ssai    11
    src     a6, \e, \e
    xor     a5, a5, a6
    add     \h, \h, a5
    src     a5, \a, \a
    xor     a5, a5, \a
    .if \renews
    src     a6, \y, \y
    xor     a6, a6, \y
    ssai    7
    src     a6, a6, a6
    srli    \n, \y, 3
    xor     a6, a6, \n
    add     \x, \x, a6
    s32i    \x, a1, 4 * (\i)
    add     \h, \h, \x
    .else
    l32i    a6, a1, 4 * (\i)
    add     \h, \h, a6
    .endif
    xor     a6, \f, \g
    and     a6, a6, \e
    xor     a6, a6, \g
    add     \h, \h, a6
    add     \d, \d, \h
    ssai    2
    src     a5, a5, a5
    ssai    22
    src     a6, \a, \a
    xor     a5, a5, a6
    add     \h, \h, a5
    xor     \n, \a, \b
    and     \m, \m, \n
    xor     \m, \m, \b
    add     \h, \h, \m
    .endm

/* Eight rounds, after which every register has its old role again. */
    .macro eight i, renews
    round   a8, a9, a10, a11, a12, a13, a14, a15, a3, a4, a0, a7, \i + 0, \renews
    round   a15, a8, a9, a10, a11, a12, a13, a14, a4, a3, a7, a0, \i + 1, \renews
    round   a14, a15, a8, a9, a10, a11, a12, a13, a3, a4, a0, a7, \i + 2, \renews
    round   a13, a14, a15, a8, a9, a10, a11, a12, a4, a3, a7, a0, \i + 3, \renews
    round   a12, a13, a14, a15, a8, a9, a10, a11, a3, a4, a0, a7, \i + 4, \renews
    round   a11, a12, a13, a14, a15, a8, a9, a10, a4, a3, a7, a0, \i + 5, \renews
    round   a10, a11, a12, a13, a14, a15, a8, a9, a3, a4, a0, a7, \i + 6, \renews
    round   a9, a10, a11, a12, a13, a14, a15, a8, a4, a3, a7, a0, \i + 7, \renews
    .endm

/* The bytes of \word in the other order; SAR is 8. */
    .macro turn word, other
    srli    \other, \word, 16
    src     \other, \other, \word
    src     \other, \other, \other
    src     \word, \word, \other
    .endm

    .text
    .align 4
    .global lx106_sha256_compress
    .type lx106_sha256_compress, @function
lx106_sha256_compress:
    addi    a1, a1, -FRAME
    s32i    a0, a1, SAVED_A0
    s32i    a12, a1, SAVED_A12
    s32i    a13, a1, SAVED_A13
    s32i    a14, a1, SAVED_A14
    s32i    a15, a1, SAVED_A15
    s32i    a2, a1, STATE

    /* The block's words, of each the first byte is the most significant. */
    ssai    8
    .irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    l32i    a5, a3, 4 * (\i)
    srli    a6, a5, 16
    src     a6, a6, a5
    src     a6, a6, a6
    src     a5, a5, a6
    s32i    a5, a1, 4 * (\i)
    .endr

    l32i    a8, a2, 0
    l32i    a9, a2, 4
    l32i    a10, a2, 8
    l32i    a11, a2, 12
    l32i    a12, a2, 16
    l32i    a13, a2, 20
    l32i    a14, a2, 24
    l32i    a15, a2, 28
    movi    a2, constants
    xor     a0, a9, a10

    eight   0, 0
    eight   8, 0
    l32i    a3, a1, 0
.Lrenewing:
    addi    a2, a2, 64
    eight   0, 1
    eight   8, 1
    movi    a5, last_constants
    beq     a2, a5, .Ldone
    j       .Lrenewing

.Ldone:
    l32i    a2, a1, STATE
    .macro add_to at, register
    l32i    a5, a2, \at
    add     a5, a5, \register
    s32i    a5, a2, \at
    .endm
    add_to  0, a8
    add_to  4, a9
    add_to  8, a10
    add_to  12, a11
    add_to  16, a12
    add_to  20, a13
    add_to  24, a14
    add_to  28, a15
    l32i    a0, a1, SAVED_A0
    l32i    a12, a1, SAVED_A12
    l32i    a13, a1, SAVED_A13
    l32i    a14, a1, SAVED_A14
    l32i    a15, a1, SAVED_A15
    addi    a1, a1, FRAME
    ret
    .size lx106_sha256_compress, . - lx106_sha256_compress

/* a2: state[8], a3: as many words, whose bytes are turned round. */
    .align 4
    .global lx106_sha256_digest
    .type lx106_sha256_digest, @function
lx106_sha256_digest:
    ssai    8
    .irp i, 0, 1, 2, 3, 4, 5, 6, 7
    l32i    a5, a2, 4 * \i
    turn    a5, a6
    s32i    a5, a3, 4 * \i
    .endr
    ret
    .size lx106_sha256_digest, . - lx106_sha256_digest

/* The fractional parts of the cube roots of the first 64 primes. */
    .section .rodata.lx106_sha256, "a"
    .align 4
constants:
    .word 0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5
    .word 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174
    .word 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da
    .word 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967
    .word 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85
    .word 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070
last_constants:
    .word 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3
    .word 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
