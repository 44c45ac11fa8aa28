import Glibc
import Primitives

/// The files of a key store: folder 0700, files 0600, each written whole or not at all.
struct KeyFolder: Sendable {
    let path: String

    /// Makes the folder if it is not there.
    ///
    /// - Throws: `exposedKeyFile` when others may read it, `disk`.
    init(path: String) throws(KeyStoreError) {
        self.path = path
        if unsafe mkdir(path, 0o700) != 0, errno != EEXIST { throw .disk(errno) }
        guard try KeyFolder.mode(path) & 0o077 == 0 else { throw .exposedKeyFile }
    }

    /// The names that end in `suffix`, without it.
    func names(suffix: String) throws(KeyStoreError) -> [String] {
        guard let folder = unsafe opendir(path) else { throw .disk(errno) }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            if name.hasSuffix(suffix) { names.append(String(name.dropLast(suffix.count))) }
        }
        return names
    }

    /// - Returns: nil when there is no such file.
    func read(_ name: String) throws(KeyStoreError) -> [UInt8]? {
        let file = unsafe open(path + "/" + name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        if file < 0, errno == ENOENT { return nil }
        guard file >= 0 else { throw .disk(errno) }
        defer { close(file) }
        guard try KeyFolder.mode(path + "/" + name) & 0o077 == 0 else { throw .exposedKeyFile }
        // A key file has a few hundred bytes; a longer one is not ours and fails to read.
        var bytes = [UInt8](repeating: 0, count: 8192)
        var filled = 0
        while filled < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(
                    file,
                    buffer.baseAddress?.advanced(by: filled),
                    buffer.count - filled
                )
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .disk(errno) }
            if count == 0 { break }
            filled += count
        }
        return Array(bytes.prefix(filled))
    }

    /// Written beside, flushed, renamed, and the folder flushed: after a crash the file is the old
    /// one or the new one.
    func write(_ name: String, _ bytes: [UInt8]) throws(KeyStoreError) {
        let temporary = path + "/" + name + ".new"
        let file = unsafe open(
            temporary,
            O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
            0o600
        )
        guard file >= 0 else { throw .disk(errno) }
        defer { close(file) }
        try KeyFolder.writeAll(bytes, to: file)
        guard fsync(file) == 0 else { throw .disk(errno) }
        guard unsafe rename(temporary, path + "/" + name) == 0 else { throw .disk(errno) }
        try flush()
    }

    func remove(_ name: String) throws(KeyStoreError) {
        if unsafe unlink(path + "/" + name) != 0, errno != ENOENT { throw .disk(errno) }
        try flush()
    }

    private func flush() throws(KeyStoreError) {
        let folder = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw .disk(errno) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw .disk(errno) }
    }

    private static func writeAll(_ bytes: [UInt8], to file: Int32) throws(KeyStoreError) {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(
                    file,
                    buffer.baseAddress?.advanced(by: done),
                    buffer.count - done
                )
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .disk(errno) }
            done += count
        }
    }

    private static func mode(_ path: String) throws(KeyStoreError) -> mode_t {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw .disk(errno) }
        return status.st_mode
    }
}
