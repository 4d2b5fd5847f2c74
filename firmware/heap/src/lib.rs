//! The global heap of a board: one region, given once. No interrupt handler allocates, so nothing is locked.
#![no_std]

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ptr::NonNull;
use linked_list_allocator::Heap;

struct Global {
    heap: UnsafeCell<Heap>,
}

// SAFETY: the core is the only one and interrupt handlers do not allocate, so there is one user at a time.
unsafe impl Sync for Global {}

// SAFETY: the calls go to an allocator over a region that is used by nobody else.
unsafe impl GlobalAlloc for Global {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: see `Sync` above.
        let heap = unsafe { &mut *self.heap.get() };
        heap.allocate_first_fit(layout).map_or(core::ptr::null_mut(), NonNull::as_ptr)
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: see `Sync` above; the pointer came from `alloc` with this layout.
        unsafe {
            let heap = &mut *self.heap.get();
            if let Some(pointer) = NonNull::new(pointer) {
                heap.deallocate(pointer, layout);
            }
        }
    }
}

#[global_allocator]
static GLOBAL: Global = Global { heap: UnsafeCell::new(Heap::empty()) };

unsafe extern "C" {
    static mut _heap_start: u8;
    static mut _heap_end: u8;
}

/// Gives the heap the region that the program's linker script reserves. What is allocated before fails.
pub fn start() {
    let (start, end) = (&raw mut _heap_start, &raw mut _heap_end);
    // SAFETY: see `Sync` above; the region is nobody else's, and it is given once.
    unsafe {
        let heap = &mut *GLOBAL.heap.get();
        if heap.size() == 0 {
            heap.init(start, end.addr() - start.addr());
        }
    }
}

/// Bytes in use, and free.
pub fn usage() -> (usize, usize) {
    // SAFETY: see `Sync` above.
    let heap = unsafe { &*GLOBAL.heap.get() };
    (heap.used(), heap.free())
}
