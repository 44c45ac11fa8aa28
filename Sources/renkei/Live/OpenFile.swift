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

    /// For reading alone.
    init(reading path: String) throws(FileError) { try self.init(path, O_RDONLY) }

    /// A new file, for its owner alone.
    init(creating path: String) throws(FileError) {
        try self.init(path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
    }

    /// Standard input, until its end.
    static func readInput(atMost limit: Int) throws(FileError) -> [UInt8] {
        try readAll(STDIN_FILENO, "stdin", atMost: limit)
    }

    func readAll(atMost limit: Int) throws(FileError) -> [UInt8] {
        try OpenFile.readAll(descriptor, path, atMost: limit)
    }

    /// The next bytes: `count` of them, or fewer at the end.
    func read(_ count: Int) throws(FileError) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = unsafe Glibc.read(
                    descriptor,
                    buffer.baseAddress?.advanced(by: filled),
                    count - filled
                )
                if got < 0, errno == EINTR { continue }
                if got < 0 { failure = errno }
                guard got > 0 else { return }
                filled += got
            }
        }
        guard failure == 0 else { throw FileError(path, failure) }
        return bytes
    }

    /// Goes on reading at a byte of the file.
    func seek(to offset: Int) throws(FileError) {
        guard lseek(descriptor, off_t(offset), SEEK_SET) >= 0 else { throw FileError(path, errno) }
    }

    /// How long the file is; 0 for one that cannot tell.
    var byteLength: Int {
        var facts = stat()
        return unsafe fstat(descriptor, &facts) == 0 ? Int(facts.st_size) : 0
    }

    /// Whether others can read or write a file on a disk. The group may read: that is how the bits
    /// look where the service manager lets one more user read a credential.
    var isExposed: Bool {
        var facts = stat()
        guard unsafe fstat(descriptor, &facts) == 0 else { return true }
        return facts.st_mode & S_IFMT == S_IFREG && facts.st_mode & 0o027 != 0
    }

    /// Writes all bytes and waits until the disk has them.
    func writeAll(_ bytes: [UInt8]) throws(FileError) {
        try append(bytes)
        try sync()
    }

    /// Writes all bytes; the disk has them after `sync`.
    func append(_ bytes: [UInt8]) throws(FileError) {
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
            let count = unsafe Glibc.read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileError(path, errno) }
            guard count > 0 else { return bytes }
            bytes += piece[..<count]
            guard bytes.count <= limit else { throw .tooLarge(path, limit: limit) }
        }
    }
}
