import Glibc

/// What the system tells of this process.
enum ThisProcess {
    /// The program that runs, as the kernel names it.
    static var executable: String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }

    /// Large blocks go back to the system as soon as they are free. Without this the allocator
    /// keeps some for itself, more with every thread, after a few attachments have passed.
    static func keepMemoryLow() {
        // M_MMAP_THRESHOLD, M_TRIM_THRESHOLD and M_ARENA_MAX of `malloc.h`, which Swift's Glibc
        // leaves out.
        LinkedLibrary.call("mallopt", -3, 256 * 1024)
        LinkedLibrary.call("mallopt", -1, 256 * 1024)
        LinkedLibrary.call("mallopt", -8, 4)
    }

    /// A process that crashes leaves no copy of its memory, in which keys and sheets are.
    static func leaveNoDump() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        // Less is always allowed.
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    }

    /// In which the kernel counts the processor time of processes.
    static var ticksPerSecond: Double { Double(sysconf(Int32(_SC_CLK_TCK))) }

    /// Microseconds of processor time so far, of all threads, in user and system mode.
    static var processorMicroseconds: Double { microseconds(RUSAGE_SELF) }

    /// The same of all children that have ended.
    static var processorMicrosecondsOfChildren: Double { microseconds(RUSAGE_CHILDREN) }

    private static func microseconds(_ whose: __rusage_who) -> Double {
        var usage = rusage()
        unsafe getrusage(__rusage_who_t(whose.rawValue), &usage)
        let user = Double(usage.ru_utime.tv_sec) * 1e6 + Double(usage.ru_utime.tv_usec)
        let system = Double(usage.ru_stime.tv_sec) * 1e6 + Double(usage.ru_stime.tv_usec)
        return user + system
    }

    /// The most memory that any child has taken of those that have ended.
    static var mostKibibytesOfChildren: Int {
        var usage = rusage()
        unsafe getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
        return usage.ru_maxrss
    }
}
