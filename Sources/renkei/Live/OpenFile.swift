import Glibc

/// An open descriptor; closed when it goes out of scope.
struct OpenFile: ~Copyable {
    private let descriptor: Int32
    private let path: String

    init(_ path: String, _ flags: Int32, mode: mode_t = 0) throws(FileError) {
        self.path = path
        descriptor = unsafe open(path, flags | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw FileError(path, errno) }
    }

    /// Standard input, until its end.
    static func readInput(atMost limit: Int) throws(FileError) -> [UInt8] {
        try readAll(STDIN_FILENO, "stdin", atMost: limit)
    }

    func readAll(atMost limit: Int) throws(FileError) -> [UInt8] {
        try OpenFile.readAll(descriptor, path, atMost: limit)
    }

    /// Writes all bytes and waits until the disk has them.
    func writeAll(_ bytes: [UInt8]) throws(FileError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe write(
                    descriptor,
                    buffer.baseAddress?.advanced(by: written),
                    buffer.count - written
                )
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw FileError(path, errno) }
            written += count
        }
        try sync()
    }

    func sync() throws(FileError) {
        guard fsync(descriptor) == 0 else { throw FileError(path, errno) }
    }

    /// Takes the lock of the whole file, or throws `busy` at once. It ends with the descriptor.
    func lock() throws(FileError) {
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw FileError(path, errno) }
    }

    deinit { close(descriptor) }

    private static func readAll(
        _ descriptor: Int32,
        _ path: String,
        atMost limit: Int
    ) throws(FileError) -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = unsafe read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileError(path, errno) }
            guard count > 0 else { return bytes }
            bytes += piece[..<count]
            guard bytes.count <= limit else { throw .tooLarge(path, limit: limit) }
        }
    }
}
