//! What two programs must agree on: the ISA table, the module format, the messages. no_std.
