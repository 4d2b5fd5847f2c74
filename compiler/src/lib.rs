//! Python source to IoTPy module.
