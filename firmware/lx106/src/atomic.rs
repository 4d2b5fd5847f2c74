//! Loads and stores that LLVM calls the library for: on one core a plain access of an aligned word is whole.

macro_rules! library_calls {
    ($($load:ident, $store:ident: $type:ident;)*) => {$(
        #[doc = "Loads.\n\n# Safety\n\nThe pointer is valid and aligned."]
        // SAFETY: the name is that of the library call that LLVM emits, and the definition does what it is to do.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $load(from: *const $type, _order: i32) -> $type {
            // SAFETY: the caller's promise.
            unsafe { from.read_volatile() }
        }

        #[doc = "Stores.\n\n# Safety\n\nThe pointer is valid and aligned."]
        // SAFETY: as above.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $store(to: *mut $type, value: $type, _order: i32) {
            // SAFETY: the caller's promise.
            unsafe { to.write_volatile(value) }
        }
    )*};
}

library_calls! {
    __atomic_load_1, __atomic_store_1: u8;
    __atomic_load_2, __atomic_store_2: u16;
    __atomic_load_4, __atomic_store_4: u32;
}
