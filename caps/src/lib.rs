//! Capability tokens: mint, derive, bind, verify. no_std, no heap.
