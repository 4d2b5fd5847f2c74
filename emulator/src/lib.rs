//! One process: edge, software devices, clock, network and energy models. What nano dev runs.
