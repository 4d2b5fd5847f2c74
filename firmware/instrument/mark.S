/* Places that a profile begins and ends at, so that the trace plugin (targets/trace.c) knows them by name. */
    .text
    .macro mark name
    .align 4
    .global \name
    .type \name, @function
\name:
    ret
    .size \name, . - \name
    .endm
    mark profile_warm
    mark profile_cold
    mark profile_fetch
    mark profile_end
