/* The interpreter's quick loop for this core: what is frequent and simple of the loop in vm/src/interpret.rs, and looking
   keys up in dicts.

   LLVM's allocator gives up on that loop's two hundred arms with their calls: window and fuel are stored and loaded again
   around every instruction, and much that an arm needs. Here they stay in registers, and fetching and jumping takes 7
   instructions instead of 13. An instruction whose operands aren't what is expected here is left to the other loop
   before anything has changed; so is everything that allocates more than a float, may raise, or is a native's.

   void nano_quick(vm, state)     state: cursor, window, register count, fuel; both are read and written

   Kept all the time, and over calls:  a12 vm   a13 cursor, behind the word   a14 window   a15 fuel
   Kept, and loaded again after calls: a6 arena   a7 table of opcodes   a8 the word: op, a, b, c from the lowest byte
   Free: a0, a2..a5, a9..a11

   What the verifier has checked (operands, constants, globals, jumps) is not checked again; a reference into the arena
   is: a multiple of 4, and what is read or written behind it inside the arena, because registers hold what the program
   put there. */

    /* Places in the machine and numbers of its objects; vm/src/raw.rs asserts them. */
    .equ    ARENA, 0
    .equ    OBJECT_END, 8
    .equ    CODE, 20
    .equ    CONSTANTS, 24
    .equ    FUNCTIONS, 28
    .equ    FUNCTION_WORDS, 32
    .equ    OBJECTS, 36
    .equ    OBJECT_WORDS, 40
    .equ    HEAP_START, 44
    .equ    HEAP_TOP, 48
    .equ    QUICK_LIMIT, 52
    .equ    SHARED_BELOW, 56
    .equ    STACK_TOP, 60
    .equ    DEPTH, 64
    .equ    DEEPEST, 68
    .equ    CACHES_AT, 72
    .equ    GROWING, 76
    .equ    GLOBALS_AT, 40
    .equ    FLOAT_HEADER, 2 << 9 | 1
    .equ    STR, 2
    .equ    TUPLE, 4
    .equ    LIST, 7
    .equ    DICT, 8
    .equ    FUNCTION, 14
    .equ    CELL, 16
    .equ    INSTANCE, 19
    .equ    ITERATOR, 21

    /* In the frame. */
    .equ    SAVED, 0                /* a0, a12..a15 */
    .equ    STATE, 20
    .equ    COUNT, 24
    .equ    LEFT, 28                /* a double */
    .equ    CALLED, 36
    .equ    FRAME, 48

    /* Names and numbers of opcodes and builtins, from their tables: `ENTRIES` lists an address for each opcode. */
    .include "numbers.inc"

    .section .text.nano_quick, "ax", @progbits
    .literal_position
    .align  4
    .global nano_quick
    .type   nano_quick, @function
nano_quick:
    addi    a1, a1, -FRAME
    s32i.n  a0, a1, SAVED
    s32i.n  a12, a1, SAVED + 4
    s32i.n  a13, a1, SAVED + 8
    s32i.n  a14, a1, SAVED + 12
    s32i.n  a15, a1, SAVED + 16
    s32i.n  a3, a1, STATE
    mov.n   a12, a2
    l32i.n  a13, a3, 0
    l32i.n  a14, a3, 4
    l32i.n  a2, a3, 8
    l32i.n  a15, a3, 12
    s32i.n  a2, a1, COUNT
    l32i.n  a6, a12, ARENA
    movi    a7, entries

    .macro  next
    l32i.n  a8, a13, 0
    addi.n  a13, a13, 4
    extui   a9, a8, 0, 8
    addx4   a9, a9, a7
    l32i.n  a9, a9, 0
    addi.n  a15, a15, -1
    jx      a9
    .endm
    next

    /* The instruction at hand is another loop's. */
leave:
    addi.n  a13, a13, -4
    addi.n  a15, a15, 1
    /* A jump was taken and fuel is used up. */
stop:
    l32i.n  a3, a1, STATE
    l32i.n  a2, a1, COUNT
    s32i.n  a13, a3, 0
    s32i.n  a14, a3, 4
    s32i.n  a2, a3, 8
    s32i.n  a15, a3, 12
    l32i.n  a0, a1, SAVED
    l32i.n  a12, a1, SAVED + 4
    l32i.n  a13, a1, SAVED + 8
    l32i.n  a14, a1, SAVED + 12
    l32i.n  a15, a1, SAVED + 16
    addi    a1, a1, FRAME
    ret.n

    .macro  get_a to
    extui   \to, a8, 8, 8
    addx4   \to, \to, a14
    l32i.n  \to, \to, 0
    .endm
    .macro  get_b to
    extui   \to, a8, 16, 8
    addx4   \to, \to, a14
    l32i.n  \to, \to, 0
    .endm
    .macro  get_c to
    extui   \to, a8, 24, 8
    addx4   \to, \to, a14
    l32i.n  \to, \to, 0
    .endm
    /* R[a] = from, and on. */
    .macro  set_a from
    extui   a2, a8, 8, 8
    addx4   a2, a2, a14
    s32i.n  \from, a2, 0
    next
    .endm
    /* The reference becomes an address. */
    .macro  object reference, free
    extui   \free, \reference, 0, 2
    bnez    \free, leave
    l32i.n  \free, a12, OBJECT_END
    bgeu    \reference, \free, leave
    add.n   \reference, \reference, a6
    .endm
    .macro  kind_of to, object
    l32i.n  \to, \object, 0
    extui   \to, \to, 3, 6
    .endm
    .macro  must_be object, kind, free, other
    kind_of \free, \object
    .if \kind == LIST || \kind == DICT || \kind == CELL || \kind == TUPLE
    bnei    \free, \kind, leave
    .else
    movi.n  \other, \kind
    bne     \free, \other, leave
    .endif
    .endm
    /* The word behind an address must be inside the arena. */
    .macro  inside address, free
    l32i.n  \free, a12, OBJECT_END
    sub     a0, \address, a6
    bgeu    a0, \free, leave
    .endm
    /* Jumps by a distance in words. */
    .macro  jump_by distance
    addx4   a13, \distance, a13
    bltz    a15, stop
    next
    .endm
    .macro  op name
op_\name:
    .endm

/* ---- moving ---- */

    op move
    get_b   a9
    set_a   a9

    op load_const
    l32i.n  a9, a12, CONSTANTS
    extui   a10, a8, 16, 16
    addx4   a9, a10, a9
    l32i.n  a9, a9, 0
    set_a   a9

    op load_int
    srai    a9, a8, 15
    movi.n  a10, 1
    or      a9, a9, a10
    set_a   a9

    op load_builtin
    extui   a9, a8, 16, 16
    movi    a10, MATH_PI
    bgeu    a9, a10, leave
    slli    a9, a9, 2
    movi    a10, IMMEDIATE
    add.n   a9, a9, a10
    set_a   a9

    op load_global
    extui   a9, a8, 16, 16
    addx4   a9, a9, a6
    l32i.n  a9, a9, GLOBALS_AT
    beqz    a9, leave
    set_a   a9

    op store_global
    get_a   a10
    extui   a9, a8, 16, 16
    addx4   a9, a9, a6
    s32i.n  a10, a9, GLOBALS_AT
    next

    op load_cell
    get_b   a9
    object  a9, a10
    must_be a9, CELL, a10, a11
    l32i.n  a9, a9, 4
    set_a   a9

    op store_cell
    get_a   a9
    object  a9, a10
    must_be a9, CELL, a10, a11
    get_b   a10
    s32i.n  a10, a9, 4
    next

    /* Captured cell imm of the running function, a9. */
    .macro  free_cell
    addi    a9, a14, -12
    l32i.n  a9, a9, 0
    object  a9, a10
    must_be a9, FUNCTION, a10, a11
    l32i.n  a10, a9, 0
    extui   a11, a8, 16, 16
    addi.n  a11, a11, 3
    srli    a10, a10, 9
    bgeu    a11, a10, leave
    addx4   a9, a11, a9
    inside  a9, a10
    l32i.n  a9, a9, 4
    object  a9, a10
    must_be a9, CELL, a10, a11
    .endm

    op load_free
    free_cell
    l32i.n  a9, a9, 4
    set_a   a9

    op store_free
    free_cell
    get_a   a10
    s32i.n  a10, a9, 4
    next

    op check_local
    op check_free
    get_a   a9
    beqz    a9, leave
    next

/* ---- arithmetic ---- */

    /* a9, a10 = R[b], R[c]; where they aren't both small integers, on at the label. */
    .macro  smalls otherwise
    get_b   a9
    get_c   a10
    and     a11, a9, a10
    bbci    a11, 0, \otherwise
    .endm

    .macro  addition name, over
    smalls  1f
    addi.n  a11, a10, -1
    add.n   a11, a9, a11
    xor     a9, a9, a11
    xor     a10, a10, a11
    and     a9, a9, a10
    bltz    a9, leave
    set_a   a11
1:  movi    a11, __adddf3
    j       \over
    .endm

    .macro  subtraction name, over
    smalls  1f
    addi.n  a11, a10, -1
    sub     a11, a9, a11
    xor     a10, a10, a9
    xor     a9, a9, a11
    and     a9, a9, a10
    bltz    a9, leave
    set_a   a11
1:  movi    a11, __subdf3
    j       \over
    .endm

    /* Of two numbers with so few digits that the product fits surely. */
    .macro  product
    srai    a10, a10, 1
    srai    a2, a9, 1
    nsa     a11, a10
    nsa     a2, a2
    add.n   a11, a11, a2
    addi    a11, a11, -33
    bltz    a11, leave
    addi.n  a9, a9, -1
    mull    a9, a9, a10
    addi.n  a9, a9, 1
    set_a   a9
    .endm

    .macro  multiplication name, over
    smalls  1f
    product
1:  movi    a11, __muldf3
    j       \over
    .endm

    op add
    op inplace_add
    addition plain, store_new
    op add_over_left
    addition left, store_left
    op add_over_right
    addition right, store_right
    op subtract
    op inplace_subtract
    subtraction plain, store_new
    op subtract_over_left
    subtraction left, store_left
    op subtract_over_right
    subtraction right, store_right
    op multiply
    op inplace_multiply
    multiplication plain, store_new
    op multiply_over_left
    multiplication left, store_left
    op multiply_over_right
    multiplication right, store_right

    /* The number of the float \value into two registers; in the arena, else in the module. */
    .macro  float value, low, high
    extui   \low, \value, 0, 2
    bnez.n  \low, .Limage\@
    l32i.n  \low, a12, OBJECT_END
    bgeu    \value, \low, leave
    add.n   \value, \value, a6
    j       .Lfound\@
.Limage\@:
    bnei    \low, 2, leave
    bltz    \value, leave
    srli    \low, \value, 2
    addi.n  \low, \low, 2
    l32i.n  \high, a12, OBJECT_WORDS
    bgeu    \low, \high, leave
    l32i.n  \high, a12, OBJECTS
    addi.n  \value, \value, -2
    add.n   \value, \value, \high
.Lfound\@:
    l32i.n  \low, \value, 0
    movi    \high, FLOAT_HEADER
    bne     \low, \high, leave
    l32i.n  \low, \value, 4
    l32i.n  \high, \value, 8
    .endm

    /* Calls a11 with the floats a9 and a10; its result is in a2 and a3, and the word in a8 again. */
    .macro  call_with_floats
    float   a9, a2, a3
    float   a10, a4, a5
    callx0  a11
    addi    a8, a13, -4
    l32i.n  a8, a8, 0
    l32i.n  a6, a12, ARENA
    movi    a7, entries
    .endm

store_new:
    call_with_floats
new_float:
    l32i.n  a9, a12, HEAP_TOP
    l32i.n  a10, a12, QUICK_LIMIT
    addi.n  a11, a9, 12
    bltu    a10, a11, leave
    s32i.n  a11, a12, HEAP_TOP
    add.n   a10, a9, a6
    movi    a11, FLOAT_HEADER
    s32i.n  a11, a10, 0
    s32i.n  a2, a10, 4
    s32i.n  a3, a10, 8
    set_a   a9

store_left:
    call_with_floats
over_left:
    get_b   a9
over:
    extui   a10, a9, 0, 2
    bnez.n  a10, new_float
    l32i.n  a10, a12, SHARED_BELOW
    bltu    a9, a10, new_float
    add.n   a10, a9, a6
    s32i.n  a2, a10, 4
    s32i.n  a3, a10, 8
    set_a   a9

store_right:
    call_with_floats
over_right:
    get_c   a9
    j       over

    /* True division: of two small integers into a new float. */
    .macro  division over
    smalls  1f
    beqi    a10, 1, leave
    j       divide_smalls
1:  movi    a0, \over
    j       divide_floats
    .endm

    op true_divide
    op inplace_true_divide
    division new_float
    op true_divide_over_left
    division over_left
    op true_divide_over_right
    division over_right

divide_floats:
    float   a9, a2, a3
    float   a10, a4, a5
    slli    a9, a5, 1
    or      a9, a9, a4
    beqz    a9, leave
    s32i.n  a0, a1, CALLED
    movi    a11, __divdf3
    callx0  a11
    addi    a8, a13, -4
    l32i.n  a8, a8, 0
    l32i.n  a6, a12, ARENA
    movi    a7, entries
    l32i.n  a0, a1, CALLED
    jx      a0

divide_smalls:
    s32i.n  a10, a1, CALLED
    srai    a2, a9, 1
    movi    a11, __floatsidf
    callx0  a11
    s32i.n  a2, a1, LEFT
    s32i.n  a3, a1, LEFT + 4
    l32i.n  a2, a1, CALLED
    srai    a2, a2, 1
    movi    a11, __floatsidf
    callx0  a11
    mov.n   a4, a2
    mov.n   a5, a3
    l32i.n  a2, a1, LEFT
    l32i.n  a3, a1, LEFT + 4
    movi    a11, __divdf3
    callx0  a11
    addi    a8, a13, -4
    l32i.n  a8, a8, 0
    l32i.n  a6, a12, ARENA
    movi    a7, entries
    j       new_float

    /* a9 // a10 and a9 % a10 of tagged integers: by a mask where a10 is a power of two, else of what isn't negative. */
    op modulo
    op inplace_modulo
    smalls  leave
    j       modulo
    op modulo_int
    get_b   a9
    bbci    a9, 0, leave
    srai    a10, a8, 23
    movi.n  a11, 1
    or      a10, a10, a11
modulo:
    blti    a10, 3, leave
    srai    a10, a10, 1
    addi.n  a11, a10, -1
    and     a2, a10, a11
    bnez.n  a2, 1f
    add.n   a11, a11, a11
    addi.n  a11, a11, 1
    and     a9, a9, a11
    set_a   a9
1:  bltz    a9, leave
    srli    a2, a9, 1
    mov.n   a3, a10
    movi    a11, __umodsi3
    callx0  a11
    addi    a8, a13, -4
    l32i.n  a8, a8, 0
    l32i.n  a6, a12, ARENA
    movi    a7, entries
    add.n   a9, a2, a2
    addi.n  a9, a9, 1
    set_a   a9

    op floor_divide
    op inplace_floor_divide
    smalls  leave
    j       floor_divide
    op floor_divide_int
    get_b   a9
    bbci    a9, 0, leave
    srai    a10, a8, 23
    movi.n  a11, 1
    or      a10, a10, a11
floor_divide:
    blti    a10, 3, leave
    bltz    a9, leave
    srli    a2, a9, 1
    srai    a3, a10, 1
    movi    a11, __udivsi3
    callx0  a11
    addi    a8, a13, -4
    l32i.n  a8, a8, 0
    l32i.n  a6, a12, ARENA
    movi    a7, entries
    add.n   a9, a2, a2
    addi.n  a9, a9, 1
    set_a   a9

    op and
    op inplace_and
    smalls  leave
    and     a9, a9, a10
    set_a   a9

    op or
    op inplace_or
    smalls  leave
    or      a9, a9, a10
    set_a   a9

    op xor
    op inplace_xor
    smalls  leave
    xor     a9, a9, a10
    addi.n  a9, a9, 1
    set_a   a9

    op shift_left
    op inplace_shift_left
    smalls  leave
    srai    a10, a10, 1
    j       shift_left
    op shift_left_int
    get_b   a9
    bbci    a9, 0, leave
    srai    a10, a8, 24
shift_left:                         /* by less than the number has leading sign bits, the tag's place counted */
    addi.n  a9, a9, -1
    nsa     a11, a9
    bgeu    a10, a11, 1f
    ssl     a10
    sll     a9, a9
    addi.n  a9, a9, 1
    set_a   a9
1:  j       leave

    op shift_right
    op inplace_shift_right
    smalls  leave
    srai    a10, a10, 1
    j       shift_right
    op shift_right_int
    get_b   a9
    bbci    a9, 0, leave
    srai    a10, a8, 24
shift_right:
    bgeui   a10, 32, leave
    ssr     a10
    sra     a9, a9
    movi.n  a10, 1
    or      a9, a9, a10
    set_a   a9

    op forget_growing
    movi.n  a9, 0
    s32i    a9, a12, GROWING
    next

    op add_int
    get_b   a9
    bbci    a9, 0, leave
    srai    a10, a8, 24
    addx2   a11, a10, a9
    xor     a2, a11, a9
    xor     a3, a11, a10
    and     a2, a2, a3
    bltz    a2, leave
    set_a   a11

    op multiply_int
    get_b   a9
    bbci    a9, 0, leave
    srai    a10, a8, 23
    product

    op and_int
    get_b   a9
    bbci    a9, 0, leave
    srai    a10, a8, 23
    movi.n  a11, 1
    or      a10, a10, a11
    and     a9, a9, a10
    set_a   a9

    op negate
    get_b   a9
    bbci    a9, 0, leave
    movi.n  a10, 2
    sub     a10, a10, a9
    and     a9, a9, a10
    bltz    a9, leave               /* the smallest one */
    set_a   a10

    op invert
    get_b   a9
    bbci    a9, 0, leave
    movi.n  a10, -2
    xor     a9, a9, a10
    set_a   a9

/* ---- comparing ---- */

    .macro  set_bool
    movi    a9, FALSE
    set_a   a9
1:  movi    a9, TRUE
    set_a   a9
    .endm

    .macro  blez register, label
    blti    \register, 1, \label
    .endm
    .macro  bgtz register, label
    bgei    \register, 1, \label
    .endm

    /* R[a] = whether the condition holds, of small integers; whether the library's answer is so to zero, of floats. */
    .macro  value_of condition, first, second, zero, library
    get_b   a9
    get_c   a10
    and     a11, a9, a10
    bbci    a11, 0, 3f
    \condition \first, \second, 1f
2:  set_bool
3:  movi    a11, \library
    call_with_floats
    \zero   a2, 1b
    j       2b
    .endm

    op less
    value_of blt, a9, a10, bltz, __ltdf2
    op less_equal
    value_of bge, a10, a9, blez, __ledf2
    op equal
    value_of beq, a9, a10, beqz, __eqdf2
    op not_equal
    value_of bne, a9, a10, bnez, __nedf2
    op greater
    value_of blt, a10, a9, bgtz, __gtdf2
    op greater_equal
    value_of bge, a9, a10, bgez, __gedf2

    /* Jumps where what holds is what c says: falls in where it doesn't hold, at 1 where it does. */
    .macro  jump_holding
    extui   a11, a8, 24, 8
    beqz.n  a11, 8f
9:  addi.n  a13, a13, 4
    next
1:  extui   a11, a8, 24, 8
    beqz.n  a11, 9b
8:  l32i.n  a9, a13, 0
    addi.n  a13, a13, 4
    jump_by a9
    .endm

    .macro  jump_of condition, first, second, zero, library
    get_a   a9
    get_b   a10
    and     a11, a9, a10
    bbci    a11, 0, 3f
    \condition \first, \second, 1f
2:  jump_holding
3:  movi    a11, \library
    call_with_floats
    \zero   a2, 1b
    j       2b
    .endm

    op jump_less
    jump_of blt, a9, a10, bltz, __ltdf2
    op jump_less_equal
    jump_of bge, a10, a9, blez, __ledf2
    op jump_greater
    jump_of blt, a10, a9, bgtz, __gtdf2
    op jump_greater_equal
    jump_of bge, a9, a10, bgez, __gedf2

    /* Both small integers, or both texts of one character. */
    .macro  jump_same condition
    get_a   a9
    get_b   a10
    and     a11, a9, a10
    bbsi    a11, 0, 4f
    movi    a11, LETTER_MASK
    movi    a2, LETTER
    and     a3, a9, a11
    bne     a3, a2, leave
    and     a3, a10, a11
    bne     a3, a2, leave
4:  \condition a9, a10, 1f
    jump_holding
    .endm

    op jump_equal
    jump_same beq
    op jump_not_equal
    jump_same bne

    op jump_is
    get_a   a9
    get_b   a10
    beq     a9, a10, 1f
    jump_holding

    .macro  jump_of_int condition, first, second
    get_a   a9
    bbci    a9, 0, leave
    slli    a10, a8, 8
    srai    a9, a9, 1
    srai    a10, a10, 24
    \condition \first, \second, 1f
    jump_holding
    .endm

    op jump_less_int
    jump_of_int blt, a9, a10
    op jump_less_equal_int
    jump_of_int bge, a10, a9
    op jump_equal_int
    jump_of_int beq, a9, a10
    op jump_not_equal_int
    jump_of_int bne, a9, a10
    op jump_greater_int
    jump_of_int blt, a10, a9
    op jump_greater_equal_int
    jump_of_int bge, a9, a10

    op is
    get_b   a9
    get_c   a10
    beq     a9, a10, 1f
    set_bool
    op is_not
    get_b   a9
    get_c   a10
    bne     a9, a10, 1f
    set_bool

    /* To \yes or \no by the truth of a9, of what needs no look at an object. */
    .macro  truth yes, no
    bbci    a9, 0, 5f
    beqi    a9, 1, \no
    j       \yes
5:  movi    a10, TRUE
    beq     a9, a10, \yes
    movi    a10, FALSE
    beq     a9, a10, \no
    movi    a10, NONE
    bne     a9, a10, leave
    j       \no
    .endm

    op not
    get_b   a9
    truth   2f, 1f
2:  set_bool

    .macro  jump_short
1:  srai    a9, a8, 16
    jump_by a9
2:  next
    .endm

    op jump
    srai    a9, a8, 8
    jump_by a9

    op jump_if
    get_a   a9
    truth   1f, 2f
    jump_short

    op jump_if_not
    get_a   a9
    truth   2f, 1f
    jump_short

    op jump_none
    get_a   a9
    movi    a10, NONE
    bne     a9, a10, 2f
    jump_short

    op jump_not_none
    get_a   a9
    movi    a10, NONE
    beq     a9, a10, 2f
    jump_short

/* ---- loops ---- */

    op for_iter
    get_a   a9
    object  a9, a10
    must_be a9, ITERATOR, a10, a11
    l32i.n  a10, a9, 4
    movi    a11, LIST_ITERATOR
    bne     a10, a11, leave
    l32i.n  a10, a9, 8              /* the list */
    object  a10, a11
    must_be a10, LIST, a11, a2
    l32i.n  a11, a9, 12             /* where it is, and how many: small integers, not negative */
    l32i.n  a2, a10, 4
    bgeu    a11, a2, leave
    l32i.n  a10, a10, 8             /* the items */
    object  a10, a2
    srai    a2, a11, 1
    addx4   a10, a2, a10
    inside  a10, a2
    l32i.n  a10, a10, 4
    addi.n  a11, a11, 2
    s32i.n  a11, a9, 12
    extui   a9, a8, 16, 8
    addx4   a9, a9, a14
    s32i.n  a10, a9, 0
    l32i.n  a9, a13, 0
    addi.n  a13, a13, 4
    jump_by a9

    op range_prepare
    extui   a9, a8, 8, 8
    addx4   a9, a9, a14
    l32i.n  a10, a9, 0
    l32i.n  a11, a9, 4
    l32i.n  a2, a9, 8
    and     a10, a10, a11
    and     a10, a10, a2
    bbci    a10, 0, leave
    beqi    a2, 1, leave
    srai    a9, a8, 16
    addx4   a13, a9, a13
    next

    op for_range
    extui   a9, a8, 8, 8
    addx4   a9, a9, a14
    l32i.n  a10, a9, 0
    l32i.n  a11, a9, 4
    l32i.n  a2, a9, 8
    and     a3, a10, a11
    and     a3, a3, a2
    bbci    a3, 0, leave
    addi.n  a2, a2, -1
    bltz    a2, 2f
    blt     a10, a11, 3f
1:  addi.n  a13, a13, 4
    next
2:  bge     a11, a10, 1b
3:  add.n   a3, a10, a2             /* beyond the largest number it stops at the end */
    xor     a4, a3, a10
    xor     a5, a3, a2
    and     a4, a4, a5
    bgez    a4, 4f
    mov.n   a3, a11
4:  s32i.n  a3, a9, 0
    extui   a9, a8, 16, 8
    addx4   a9, a9, a14
    s32i.n  a10, a9, 0
    l32i.n  a9, a13, 0
    addi.n  a13, a13, 4
    jump_by a9

/* ---- lists, tuples, attributes ---- */

    op list_append
    get_a   a9
    object  a9, a10
    must_be a9, LIST, a10, a11
    l32i.n  a10, a9, 8
    object  a10, a11
    l32i.n  a11, a9, 4
    l32i.n  a2, a10, 0
    srai    a3, a11, 1
    srli    a2, a2, 9
    bgeu    a3, a2, leave
    addx4   a10, a3, a10
    inside  a10, a2
    get_b   a2
    s32i.n  a2, a10, 4
    addi.n  a11, a11, 2
    s32i.n  a11, a9, 4
    next

    /* a9: the address of item a10 (tagged) of the list or tuple at a9, whose kind is in a11; less 4. */
    .macro  place_in only_list
    bbci    a10, 0, leave
    srai    a10, a10, 1
    bnei    a11, LIST, 1f
    l32i.n  a11, a9, 4
    l32i.n  a9, a9, 8
    srai    a11, a11, 1
    object  a9, a2
    j       2f
1:
    .ifnb   \only_list
    j       leave
    .else
    bnei    a11, TUPLE, leave
    l32i.n  a11, a9, 0
    srli    a11, a11, 9
    .endif
2:  bgez    a10, 3f
    add.n   a10, a10, a11
3:  bgeu    a10, a11, leave
    addx4   a9, a10, a9
    inside  a9, a11
    .endm

    /* Of the dict at a9 the entry of the key a10: its address in a11, 0 where there is none. Knows small integers and
       texts whose hash is known; leaves where a key isn't the very same one but might be equal. Takes a0, a2..a5, a8
       and a9; a8 is the word again when it returns. */
find_entry:
    s32i.n  a0, a1, CALLED
    mov.n   a2, a10
    bbsi    a10, 0, 3f              /* its own hash, as it is stored */
    extui   a3, a10, 0, 2
    bnez.n  a3, 1f
    l32i.n  a3, a12, OBJECT_END
    bgeu    a10, a3, leave
    add.n   a3, a10, a6
    j       2f
1:  bnei    a3, 2, leave
    bltz    a10, leave
    srli    a3, a10, 2
    l32i.n  a4, a12, OBJECT_WORDS
    addi.n  a3, a3, 1
    bgeu    a3, a4, leave
    l32i.n  a3, a12, OBJECTS
    addi.n  a4, a10, -2
    add.n   a3, a3, a4
2:  kind_of a4, a3
    bnei    a4, STR, leave
    l32i.n  a2, a3, 4
    bltui   a2, 2, leave            /* not hashed yet */
    movi.n  a4, 1
    or      a2, a2, a4
3:  l32i.n  a3, a9, 12              /* entries, how many, index */
    l32i.n  a4, a9, 8
    l32i.n  a5, a9, 16
    srai    a4, a4, 1
    beqz.n  a4, 8f
    object  a3, a0
    addx2   a11, a4, a4
    addx4   a11, a11, a3
    bltu    a11, a3, leave
    inside  a11, a9
    bnez.n  a5, 6f
4:  l32i.n  a9, a3, 4               /* a few: one by one */
    beq     a9, a2, 5f
    addi.n  a3, a3, 12
    bltu    a3, a11, 4b
    j       8f
5:  mov.n   a11, a3
    j       9f
6:  object  a5, a0
    l32i.n  a9, a5, 0
    srli    a9, a9, 9
    slli    a9, a9, 2               /* places of a byte each */
    bgeui   a9, 256, leave
    add.n   a11, a5, a9
    inside  a11, a8
    movi    a8, 0x9E3779B1
    mull    a8, a2, a8
    nsau    a11, a9
    addi.n  a11, a11, 1
    ssr     a11
    srl     a8, a8
    addi.n  a9, a9, -1
7:  add.n   a11, a5, a8
    l8ui    a11, a11, 4
    beqz.n  a11, 8f
    addi.n  a11, a11, -1
    bgeu    a11, a4, leave
    addx2   a11, a11, a11
    addx4   a11, a11, a3
    l32i.n  a0, a11, 4
    beq     a0, a2, 9f
    addi.n  a8, a8, 1
    and     a8, a8, a9
    j       7b
8:  movi.n  a11, -4
    j       1f
9:  l32i.n  a0, a11, 8
    bne     a0, a10, leave
1:  addi.n  a11, a11, 4
    l32i.n  a0, a1, CALLED
    addi    a8, a13, -4
    l32i.n  a8, a8, 0
    ret.n

    op get_item
    get_c   a10
    get_b   a9
    object  a9, a11
    kind_of a11, a9
    beqi    a11, DICT, 4f
    place_in
    l32i.n  a9, a9, 4
    set_a   a9
4:  call0   find_entry
    beqz    a11, leave
    l32i.n  a9, a11, 8
    set_a   a9

    op get_item_int
    get_b   a9
    srai    a10, a8, 23
    movi.n  a11, 1
    or      a10, a10, a11
    object  a9, a11
    kind_of a11, a9
    place_in
    l32i.n  a9, a9, 4
    set_a   a9

    op set_item
    get_b   a10
    get_a   a9
    object  a9, a11
    kind_of a11, a9
    beqi    a11, DICT, 4f
    place_in only_list
    get_c   a10
    s32i.n  a10, a9, 4
    next
4:  call0   find_entry
    beqz    a11, leave
    get_c   a10
    s32i.n  a10, a11, 8
    next

    /* Is a10 a key of the dict a9? */
    .macro  has_key
    object  a9, a11
    kind_of a11, a9
    bnei    a11, DICT, leave
    call0   find_entry
    .endm

    op in
    get_b   a10
    get_c   a9
    has_key
    bnez.n  a11, 1f
    set_bool
    op not_in
    get_b   a10
    get_c   a9
    has_key
    beqz.n  a11, 1f
    set_bool
    op jump_in
    get_a   a10
    get_b   a9
    has_key
    bnez.n  a11, 1f
    jump_holding

    /* a9: the address of an instance; a10: the first word of the inline cache if it had its class's version; a11: the
       cache's first word, a2 where it is. */
    .macro  cache
    object  a9, a10
    must_be a9, INSTANCE, a10, a11
    l32i.n  a10, a9, 4
    object  a10, a11
    l32i.n  a11, a13, 0
    l32i.n  a10, a10, 20            /* the version, tagged */
    extui   a11, a11, 16, 16
    l32i    a2, a12, CACHES_AT
    addi.n  a10, a10, -1
    addx8   a2, a11, a2
    slli    a10, a10, 12
    add.n   a2, a2, a6
    addi.n  a10, a10, 1
    l32i.n  a11, a2, 0
    .endm

    /* a9: the address of the slot that the cache names, less 4. */
    .macro  slot
    cache
    extui   a3, a11, 3, 10
    slli    a4, a3, 3
    sub     a11, a11, a4
    bne     a11, a10, leave
    l32i.n  a4, a9, 0
    addi.n  a3, a3, 2
    srli    a4, a4, 9
    bgeu    a3, a4, leave
    addx4   a9, a3, a9
    inside  a9, a4
    .endm

    op get_attr
    get_b   a9
    slot
    l32i.n  a9, a9, 4
    beqz    a9, leave
    addi.n  a13, a13, 4
    set_a   a9

    op set_attr
    get_a   a9
    slot
    get_b   a10
    s32i.n  a10, a9, 4
    addi.n  a13, a13, 4
    next

    op load_method
    get_b   a9
    mov.n   a5, a9
    cache
    addi.n  a10, a10, 2
    bne     a10, a11, leave
    l32i.n  a9, a2, 4
    extui   a2, a8, 8, 8
    addx4   a2, a2, a14
    s32i.n  a9, a2, 0
    s32i.n  a5, a2, 12
    addi.n  a13, a13, 4
    next

/* ---- calls ---- */

    op call_method
    extui   a9, a8, 8, 8
    extui   a10, a8, 16, 8
    addx4   a11, a9, a14
    l32i.n  a2, a11, 12
    bnez.n  a2, 1f
    l32i.n  a2, a11, 0              /* no receiver: the callable moves up to where a plain call has it */
    s32i.n  a2, a11, 4
    addi.n  a9, a9, 1
    j       2f
1:  addi.n  a10, a10, 1
    j       2f

    op call
    extui   a9, a8, 8, 8
    extui   a10, a8, 16, 8
2:  bltz    a15, leave
    addx4   a11, a9, a14
    l32i.n  a2, a11, 0
    object  a2, a3
    must_be a2, FUNCTION, a3, a4
    l32i.n  a2, a2, 4
    l32i.n  a3, a12, FUNCTION_WORDS
    srai    a2, a2, 1
    addx4   a2, a2, a2
    bgeu    a2, a3, leave
    l32i.n  a3, a12, FUNCTIONS
    addx4   a2, a2, a3
    l32i.n  a3, a2, 16
    bbci    a3, 12, leave           /* SIMPLE */
    l32i.n  a3, a2, 12
    extui   a4, a3, 16, 8
    bne     a4, a10, leave
    extui   a3, a3, 8, 8
    addi.n  a11, a11, 12            /* the new window */
    addx4   a4, a3, a11
    sub     a4, a4, a6
    l32i.n  a5, a12, HEAP_START
    sub     a0, a5, a4
    blti    a0, 128, leave
    l32i    a5, a12, DEPTH
    l32i    a0, a12, DEEPEST
    bgeu    a5, a0, leave
    addi.n  a5, a5, 1
    s32i    a5, a12, DEPTH
    s32i.n  a4, a12, STACK_TOP
    /* The frame's record: where to go on; the window's register count and distance and the destination. */
    l32i.n  a5, a12, CODE
    addi    a0, a11, -8
    sub     a5, a13, a5
    srli    a5, a5, 1
    addi.n  a5, a5, 1
    s32i.n  a5, a0, 0
    l32i.n  a5, a1, COUNT
    addi.n  a9, a9, 3
    slli    a5, a5, 9
    add.n   a5, a5, a9
    extui   a9, a8, 24, 8
    slli    a5, a5, 8
    add.n   a5, a5, a9
    slli    a5, a5, 5
    addi.n  a5, a5, 1
    s32i.n  a5, a0, 4
    s32i.n  a3, a1, COUNT
    /* Registers beyond the arguments are unbound. */
    addx4   a9, a10, a11
    add.n   a4, a4, a6
    movi.n  a10, 0
    j       4f
3:  s32i.n  a10, a9, 0
    addi.n  a9, a9, 4
4:  bltu    a9, a4, 3b
    l32i.n  a9, a2, 0
    l32i.n  a10, a12, CODE
    mov.n   a14, a11
    addx4   a13, a9, a10
    next

    op call_builtin
    l32i.n  a9, a13, 0
    movi    a10, LEN
    bne     a9, a10, leave
    extui   a10, a8, 16, 8
    bnei    a10, 1, leave
    get_a   a9
    object  a9, a10
    kind_of a10, a9
    addi    a10, a10, -LIST
    bgeui   a10, 2, leave           /* neither LIST nor DICT */
    l32i.n  a9, a9, 4
    extui   a10, a8, 24, 8
    addx4   a10, a10, a14
    s32i.n  a9, a10, 0
    addi.n  a13, a13, 4
    next

    op return_none
    movi    a9, NONE
    j       1f
    op return
    get_a   a9
1:  addi    a10, a14, -8
    l32i.n  a11, a10, 4
    extui   a2, a11, 1, 4
    bnez    a2, leave
    l32i.n  a3, a10, 0
    extui   a2, a11, 13, 9
    slli    a2, a2, 2
    sub     a14, a14, a2
    extui   a4, a11, 5, 8
    addx4   a4, a4, a14
    s32i.n  a9, a4, 0
    extui   a5, a11, 22, 10
    s32i.n  a5, a1, COUNT
    addx4   a5, a5, a14
    sub     a5, a5, a6
    s32i.n  a5, a12, STACK_TOP
    l32i    a5, a12, DEPTH
    addi.n  a3, a3, -1
    addi.n  a5, a5, -1
    s32i    a5, a12, DEPTH
    l32i.n  a5, a12, CODE
    addx2   a13, a3, a5
    next

    .section .rodata.nano_quick, "a", @progbits
    .align  4
entries:
    ENTRIES
