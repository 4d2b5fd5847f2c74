//! IoTPy: verifies and runs a module in a fixed arena. no_std.
