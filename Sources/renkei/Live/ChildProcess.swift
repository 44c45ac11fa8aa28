import Cryptography
import Glibc
import Primitives

/// A program that this one has started.
///
/// Its standard input is a pipe that ends when this process ends, however that comes about.
/// `--until-input-ends` makes a service end with it; to a service nothing is written.
final class ChildProcess: Sendable {
    let id: pid_t
    private let lifeline: Int32
    private let ended = Lock<Int32?>(nil)

    /// As many as a process may have open where nobody has raised the limit.
    private static let descriptors: Int32 = 1024

    /// Starts `words`, the program first: a path, or a name of the search path.
    init(
        _ words: [String],
        output: ChildOutput,
        errorOutput: ChildOutput
    ) throws(FileError) {
        let program = words.first ?? ""
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw FileError(program, errno) }
        // Closed again in every child, so that this process alone holds the end that counts.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, output.descriptor, STDOUT_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, errorOutput.descriptor, STDERR_FILENO)
        // What another thread opens meanwhile is not for this child, and would last as long as it.
        for descriptor in STDERR_FILENO + 1..<Self.descriptors {
            unsafe posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        // In a group of its own: Ctrl-C is for us, and we tell it.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        let arguments = CStrings(words)
        let variables = CStrings(Environment.forChildren)
        var id: pid_t = 0
        let outcome = unsafe posix_spawnp(
            &id,
            program,
            &actions,
            &attributes,
            arguments.pointers,
            variables.pointers
        )
        guard outcome == 0 else {
            close(ends[1])
            throw FileError(program, outcome)
        }
        self.id = id
        lifeline = ends[1]
    }

    deinit { close(lifeline) }

    /// How it ended; nil while it runs. A signal counts as 128 and its number, as in the shell.
    func exitCode() -> Int32? {
        ended.withLock { ended in
            if let ended { return ended }
            var status: Int32 = 0
            guard unsafe waitpid(id, &status, WNOHANG) == id else { return nil }
            let signal = status & 0x7F
            ended = signal == 0 ? status >> 8 & 0xFF : 128 + signal
            return ended
        }
    }

    /// How it ended; nil when it still runs after `limit`.
    func exitCode(within limit: Duration) async throws(CancellationError) -> Int32? {
        let time = SystemTime()
        let deadline = time.uptime + limit
        while true {
            if let code = exitCode() { return code }
            guard time.uptime < deadline else { return nil }
            try await time.sleep(for: .milliseconds(5))
        }
    }

    /// Writes all of `bytes` to its standard input; false where it does not take them in time.
    func send(_ bytes: [UInt8], within limit: Duration) -> Bool {
        _ = fcntl(lifeline, F_SETFL, O_WRONLY | O_NONBLOCK)
        let deadline = SystemTime().uptime + limit
        var sent = 0
        while sent < bytes.count {
            guard PipeReader.waits(for: POLLOUT, on: lifeline, until: deadline) else {
                return false
            }
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe write(
                    lifeline,
                    buffer.baseAddress?.advanced(by: sent),
                    bytes.count - sent
                )
            }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Ends it at once, and waits until it has.
    func end() {
        ended.withLock { ended in
            guard ended == nil else { return }
            _ = Glibc.kill(id, SIGKILL)
            var status: Int32 = 0
            while unsafe waitpid(id, &status, 0) < 0, errno == EINTR {}
            ended = 128 + SIGKILL
        }
    }

    /// Asks it to end; once it was waited for, the number may be another's and is left alone.
    func terminate() { send(SIGTERM) }
    func kill() { send(SIGKILL) }

    private func send(_ signal: Int32) {
        ended.withLock { ended in
            if ended == nil { _ = Glibc.kill(id, signal) }
        }
    }
}

/// Where a child writes.
final class ChildOutput: Sendable {
    fileprivate let descriptor: Int32

    /// A file that grows.
    init(appendingTo path: String) throws(FileError) {
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC
        descriptor = unsafe open(path, flags, Files.ownerOnly)
        guard descriptor >= 0 else { throw FileError(path, errno) }
    }

    /// Memory: what is printed here is on no disk.
    init() throws(FileError) {
        let name = "/renkei-" + Hex.encode(SystemRandom().bytes(16))
        descriptor = unsafe shm_open(name, O_RDWR | O_CREAT | O_EXCL, Files.ownerOnly)
        guard descriptor >= 0 else { throw FileError(name, errno) }
        unsafe shm_unlink(name)
    }

    /// A pipe: what is printed here is read as it comes. The end of this value is the end of our
    /// hold on the child's side of it.
    static func pipe() throws(FileError) -> (output: ChildOutput, reader: PipeReader) {
        var ends: [Int32] = [-1, -1]
        guard unsafe Glibc.pipe(&ends) == 0 else { throw FileError("pipe", errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ChildOutput(descriptor: ends[1]), PipeReader(descriptor: ends[0]))
    }

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// What has been written into memory so far.
    var text: String {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = unsafe pread(descriptor, &piece, piece.count, bytes.count)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += piece[..<count]
        }
    }
}

/// Texts as C wants the arguments of a program.
@safe
private final class CStrings {
    private(set) var pointers: [UnsafeMutablePointer<CChar>?]

    init(_ texts: [String]) {
        unsafe pointers = texts.map { unsafe strdup($0) } + [nil]
    }

    deinit { unsafe pointers.forEach { unsafe free($0) } }
}

extension Environment {
    /// What a child gets to see of our variables.
    fileprivate static var forChildren: [String] {
        let names = [
            "PATH", "HOME", "LANG", "LC_ALL", "NO_COLOR", "LD_LIBRARY_PATH", "ASAN_OPTIONS",
            "LSAN_OPTIONS", "TSAN_OPTIONS",
        ]
        return names.compactMap { name in value(name).map { "\(name)=\($0)" } }
    }
}
