//! What the core uses of the outside, per platform.
