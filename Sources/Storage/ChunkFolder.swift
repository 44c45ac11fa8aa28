import Glibc
import Primitives

/// Sealed chunks beside a database: one file each, under a name that says nothing.
///
/// A file is synced before the row that names it is committed, and removed after the row is gone.
/// What no row names is left of a process that was killed, and goes at the next start.
struct ChunkFolder: Sendable {
    private let path: String

    init(_ path: String) throws(StoreError) {
        self.path = path
        try FileSystem.makeFolder(path)
    }

    /// Writes the bytes to the disk, under a name that no reader looks for. What could not be
    /// written whole takes no room: the disk may be full.
    func write(_ draft: String, _ bytes: [UInt8]) throws(StoreError) {
        do throws(StoreError) { try writeAll(draft, bytes) } catch {
            discard(draft)
            throw error
        }
    }

    /// Removes a draft as far as that can be done; the next start removes what stays.
    func discard(_ draft: String) { _ = unsafe unlink("\(path)/\(draft)") }

    private func writeAll(_ draft: String, _ bytes: [UInt8]) throws(StoreError) {
        let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
        let file = unsafe open("\(path)/\(draft)", flags, 0o600)
        guard file >= 0 else { throw .disk(errno) }
        defer { close(file) }
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(
                    file,
                    buffer.baseAddress?.advanced(by: written),
                    buffer.count - written
                )
            }
            guard count > 0 || errno == EINTR else { throw .disk(errno) }
            written += max(0, count)
        }
        guard fdatasync(file) == 0 else { throw .disk(errno) }
    }

    /// Gives a written file its name, on the disk too.
    func name(_ draft: String, _ name: String) throws(StoreError) {
        guard unsafe rename("\(path)/\(draft)", "\(path)/\(name)") == 0 else {
            throw .disk(errno)
        }
        let folder = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw .disk(errno) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw .disk(errno) }
    }

    /// - Returns: nil when there is no such file.
    func read(_ name: String) throws(StoreError) -> [UInt8]? {
        let file = unsafe open("\(path)/\(name)", O_RDONLY | O_CLOEXEC)
        if file < 0, errno == ENOENT { return nil }
        guard file >= 0 else { throw .disk(errno) }
        defer { close(file) }
        let size = Int(lseek(file, 0, SEEK_END))
        guard (0...Limits.chunkSealedBytes).contains(size) else { throw .damaged }
        var failure: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let read = unsafe pread(
                    file,
                    buffer.baseAddress?.advanced(by: count),
                    size - count,
                    count
                )
                if read < 0, errno == EINTR { continue }
                if read < 0 { failure = errno }
                guard read > 0 else { return }
                count += read
            }
        }
        guard failure == 0 else { throw .disk(failure) }
        return bytes
    }

    /// A file that is not there is removed already.
    func remove(_ name: String) throws(StoreError) {
        guard unsafe unlink("\(path)/\(name)") == 0 || errno == ENOENT else {
            throw .disk(errno)
        }
    }

    /// Removes what is left of a process that was killed.
    func removeAll(except isNamed: (String) throws(StoreError) -> Bool) throws(StoreError) {
        for name in try names() where try !isNamed(name) { try remove(name) }
    }

    private func names() throws(StoreError) -> [String] {
        guard let stream = unsafe opendir(path) else { throw .disk(errno) }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { start in
                unsafe start.withMemoryRebound(to: CChar.self, capacity: 256) { text in
                    unsafe String(cString: text)
                }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
