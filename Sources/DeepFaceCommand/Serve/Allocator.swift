import Foundation

/// How the C library gives memory out and takes it back.
enum Allocator {
    /// Keeps a process that works on photos for months from growing: every large buffer goes back to the system when it
    /// is freed, and threads share two heaps. As it comes, the GNU C library makes up to eight heaps for each core, each of
    /// which grows to the largest photos that it ever held, and keeps large buffers in them once one was freed.
    ///
    /// Called before there are threads. Where the C library has no `mallopt`, it does nothing.
    static func keepSmall() {
        // No module of Swift's has its header, malloc.h.
        guard let process = dlopen(nil, RTLD_NOW), let symbol = dlsym(process, "mallopt") else { return }
        let mallopt = unsafeBitCast(symbol, to: (@convention(c) (CInt, CInt) -> CInt).self)
        _ = mallopt(Setting.heaps, 2)
        _ = mallopt(Setting.largeBuffer, 1 << 20)
    }

    /// The GNU C library's numbers for what can be set.
    private enum Setting {
        /// `M_ARENA_MAX`: how many heaps there are at most.
        static let heaps: CInt = -8
        /// `M_MMAP_THRESHOLD`: from how many bytes on a buffer comes from the system by itself, and goes back to it.
        static let largeBuffer: CInt = -3
    }
}
