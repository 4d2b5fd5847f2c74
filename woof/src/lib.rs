//! Append-only logs of fixed-size records: one API; memory and file stores. no_std core.
