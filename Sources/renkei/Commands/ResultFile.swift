/// Where a command puts what it was asked for. Looked at before anything is asked for: what is on
/// record as given away is written.
struct ResultFile {
    let path: String
    private let replaces: Bool

    /// - Throws: `exists`, unless `--force` was given; `notFound` for a folder that is not there;
    ///   `ownData` for a place in a data folder, where a file may be the store itself.
    init(_ invocation: Invocation) throws {
        guard let path = invocation.text(.output) else {
            throw UsageError.argumentMissing("-o FILE", of: invocation.command.path)
        }
        let folder = Files.folder(of: path)
        guard Files.isFolder(folder) else { throw FileError.notFound(folder) }
        guard !Files.isInDataFolder(folder) else { throw FileError.ownData(path) }
        replaces = invocation.has(.force)
        guard replaces || !Files.exists(path) else { throw FileError.exists(path) }
        self.path = path
    }

    func write(_ bytes: [UInt8]) throws(FileError) {
        if replaces {
            try Files.replace(path, bytes, mode: Files.ownerOnly)
        } else {
            try Files.create(path, bytes, mode: Files.ownerOnly)
        }
    }
}
