//! A machine for unit tests: an arena and an empty module.

use crate::host::{Host, NoHost};
use crate::image::Image;
use crate::vm::{Limits, Vm};
use std::vec;

/// Runs a test on a machine with an arena of this many bytes: as usual, then with everything moving at every allocation.
pub fn with_vm(bytes: usize, test: impl Fn(&mut Vm<'_>)) {
    with_host(&mut NoHost, bytes, test);
}

/// The same in a world.
pub fn with_host(host: &mut dyn Host, bytes: usize, test: impl Fn(&mut Vm<'_>)) {
    for stress in [false, true] {
        let image = Image {
            globals: 0,
            caches: 0,
            code: &[],
            constants: &[],
            objects: &[],
            functions: &[],
            handlers: &[],
            parameters: &[],
            global_names: &[],
            modules: &[],
            snapshot: &[],
        };
        let mut arena = vec![0u32; bytes / 4];
        let limits = Limits { stress, ..Limits::default() };
        let mut recent = crate::native::Recent::default();
        let mut vm = Vm::new(&mut arena, &image, &mut *host, limits, (None, &mut recent)).unwrap();
        test(&mut vm);
    }
}

/// So many rounds, or fewer where the interpreter is interpreted: Miri takes hundreds of times as long.
pub const fn rounds(many: u32) -> u32 {
    if cfg!(miri) { many.div_ceil(200) } else { many }
}
