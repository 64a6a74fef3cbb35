import Foundation

/// How the C library gives memory out and takes it back.
enum Allocator {
    /// Keeps a process that works on photos for months from growing: every large buffer goes back to the system when it
    /// is freed, and threads share two heaps. As it comes, the GNU C library makes up to eight heaps for each core, each of
    /// which grows to the largest photo that it ever held, and keeps large buffers in them once one was freed.
    ///
    /// Called before other threads are started. Elsewhere it does nothing.
    static func keepSmall() {
        #if canImport(Glibc)
            _ = mallopt(M_ARENA_MAX, 2)
            _ = mallopt(M_MMAP_THRESHOLD, 1 << 20)
        #endif
    }
}
