import Glibc

/// The few files of a data folder that are no databases; only the service may read them.
enum FileSystem {
    /// Makes the folder and those above it that are not there, each 0700.
    static func makeFolder(_ path: String) throws(StoreError) {
        var part = path.hasPrefix("/") ? "" : "."
        for name in path.split(separator: "/") {
            part += "/" + name
            guard unsafe mkdir(part, 0o700) == 0 || errno == EEXIST else { throw .disk(errno) }
        }
    }

    /// - Returns: nil when there is no such file.
    static func read(_ path: String) throws(StoreError) -> [UInt8]? {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        if file < 0, errno == ENOENT { return nil }
        guard file >= 0 else { throw .disk(errno) }
        defer { close(file) }
        // These files have a hundred bytes; one that is longer is not ours and will not parse.
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe Glibc.read(file, buffer.baseAddress, buffer.count)
        }
        guard count >= 0 else { throw .disk(errno) }
        return Array(bytes.prefix(count))
    }

    static func isThere(_ path: String) throws(StoreError) -> Bool {
        if unsafe access(path, F_OK) == 0 { return true }
        guard errno == ENOENT else { throw .disk(errno) }
        return false
    }

    /// Puts zeros in the place of all bytes of a file, on the disk; one that is not there has none.
    /// The beginning is on the disk before the rest changes: a log whose beginning stands would be
    /// read as far as it goes after a power cut.
    static func overwrite(_ path: String) throws(StoreError) {
        let file = unsafe open(path, O_WRONLY | O_CLOEXEC)
        if file < 0, errno == ENOENT { return }
        guard file >= 0 else { throw .disk(errno) }
        defer { close(file) }
        let end = lseek(file, 0, SEEK_END)
        guard end >= 0, lseek(file, 0, SEEK_SET) == 0 else { throw .disk(errno) }
        let first = min(end, 4096)
        try zero(file, first)
        try zero(file, end - first)
    }

    private static func zero(_ file: Int32, _ count: Int) throws(StoreError) {
        let zeros = [UInt8](repeating: 0, count: 64 * 1024)
        var left = count
        while left > 0 {
            let written = unsafe Glibc.write(file, zeros, min(zeros.count, left))
            guard written > 0 else { throw .disk(errno) }
            left -= written
        }
        guard fsync(file) == 0 else { throw .disk(errno) }
    }

    /// Writes a small file beside, flushes it and renames it: after a crash it is there whole or
    /// not at all.
    static func write(_ path: String, _ bytes: [UInt8]) throws(StoreError) {
        let file = unsafe open(path + ".new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .disk(errno) }
        defer { close(file) }
        let count = unsafe bytes.withUnsafeBytes { buffer in
            unsafe Glibc.write(file, buffer.baseAddress, buffer.count)
        }
        guard count == bytes.count, fsync(file) == 0, unsafe rename(path + ".new", path) == 0
        else { throw .disk(errno) }
    }

    /// A file that is not there needs no removing.
    static func remove(_ path: String) throws(StoreError) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw .disk(errno) }
    }

    /// Makes an empty file that only the service may read, unless there is one.
    static func touch(_ path: String) throws(StoreError) {
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .disk(errno) }
        close(file)
    }
}

/// An exclusive lock on a file, from making to the end of this value.
struct LockFile: ~Copyable, Sendable {
    private let file: Int32

    /// - Throws: `locked` when another process holds it.
    init(_ path: String) throws(StoreError) {
        file = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .disk(errno) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            close(file)
            throw .locked
        }
    }

    deinit { close(file) }
}

extension StoreError {
    /// What a failed call of the operating system means for a caller.
    static func disk(_ code: Int32) -> StoreError {
        code == ENOSPC || code == EDQUOT ? .full : .unavailable(code: code)
    }
}
