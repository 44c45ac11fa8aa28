import Exchange
import Glibc
import Primitives

/// Files of the command line and of configuration. Whatever is written is on the disk, with the
/// name that leads to it, before the call returns.
enum Files {
    /// Files with keys, and everything under a data folder.
    static let ownerOnly: mode_t = 0o600
    static let readable: mode_t = 0o644
    static let ownerFolder: mode_t = 0o700

    /// Of the disk on which a folder lies; ample where that cannot be told.
    static func room(of path: String) -> DiskRoom {
        var disk = statvfs()
        guard unsafe statvfs(path, &disk) == 0 else { return .ample }
        let block = Int64(disk.f_frsize)
        return DiskRoom(
            freeBytes: Int64(disk.f_bavail) * block,
            totalBytes: Int64(disk.f_blocks) * block
        )
    }

    /// The whole file; `-` is standard input.
    static func read(_ path: String, atMost limit: Int) throws(FileError) -> [UInt8] {
        if path == "-" { return try OpenFile.readInput(atMost: limit) }
        return try OpenFile(path, O_RDONLY).readAll(atMost: limit)
    }

    /// A file to be read piece by piece; `-` is standard input.
    static func open(_ path: String) throws(FileError) -> OpenFile {
        try OpenFile(path == "-" ? "/dev/stdin" : path, O_RDONLY)
    }

    /// Writes a file that must not exist yet.
    static func create(_ path: String, _ bytes: [UInt8], mode: mode_t) throws(FileError) {
        try OpenFile(path, O_WRONLY | O_CREAT | O_EXCL, mode: mode).writeAll(bytes)
        try syncFolder(of: path)
    }

    /// Writes a file as a whole: readers see the old bytes or the new ones, never a part.
    static func replace(_ path: String, _ bytes: [UInt8], mode: mode_t) throws(FileError) {
        let part = try part(of: path, mode: mode)
        try part.append(bytes)
        try finish(part, path)
    }

    /// Hidden: no attachment has a name that begins with a dot.
    private static func draft(of path: String) -> String {
        let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        return path.dropLast(name.count) + ".\(name).part"
    }

    /// The file in which `path` is written piece by piece, until `finish`.
    static func part(of path: String, mode: mode_t) throws(FileError) -> OpenFile {
        try OpenFile(draft(of: path), O_WRONLY | O_CREAT | O_TRUNC, mode: mode)
    }

    /// Takes away what was written, where it is not to become `path`.
    static func discardPart(of path: String) throws(FileError) {
        guard unsafe unlink(draft(of: path)) == 0 || errno == ENOENT else {
            throw FileError(path, errno)
        }
    }

    /// Puts what was written in the place of `path`.
    static func finish(_ part: borrowing OpenFile, _ path: String) throws(FileError) {
        try part.sync()
        guard unsafe rename(draft(of: path), path) == 0 else { throw FileError(path, errno) }
        try syncFolder(of: path)
    }

    /// Makes the folder and those above it; one that is there already stays as it is.
    static func makeFolder(_ path: String, mode: mode_t = ownerFolder) throws(FileError) {
        if exists(path) {
            guard isFolder(path) else { throw .exists(path) }
            return
        }
        let parent = folder(of: path)
        if !parent.hasSameBytes(as: path) { try makeFolder(parent, mode: mode) }
        guard unsafe mkdir(path, mode) == 0 || errno == EEXIST else {
            throw FileError(path, errno)
        }
        try syncFolder(of: path)
    }

    /// The same for what a command gives: never in a data folder, whatever leads there.
    static func makeResultFolder(_ path: String) throws(FileError) {
        guard !isInDataFolder(path) else { throw .ownData(path) }
        try makeFolder(path)
        // Known for certain once it is there: `..` may lie behind what was missing.
        guard !isInDataFolder(path) else { throw .ownData(path) }
    }

    /// A new folder below `/tmp` for its owner alone, with a name that nobody can foresee.
    static func makeTemporaryFolder(_ prefix: String) throws(FileError) -> String {
        var template = Array("/tmp/\(prefix)-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw FileError("/tmp", errno) }
        let name = template.dropLast().map { UInt8(bitPattern: $0) }
        return String(decoding: name, as: UTF8.self)
    }

    static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    static func isFolder(_ path: String) -> Bool { exists(path + "/.") }

    /// Whether a folder, which need not be there yet, lies in one in which a store is kept.
    static func isInDataFolder(_ path: String) -> Bool {
        var place = path
        while !exists(place), !folder(of: place).hasSameBytes(as: place) {
            place = folder(of: place)
        }
        guard let start = unsafe realpath(place, nil) else { return false }
        defer { unsafe free(start) }
        var folder = unsafe String(cString: start)
        while true {
            if exists(folder + "/format"), exists(folder + "/lock") { return true }
            let above = Self.folder(of: folder)
            if above.hasSameBytes(as: folder) { return false }
            folder = above
        }
    }

    /// The names in a folder in byte order, without `.` and `..`.
    static func names(in folder: String) throws(FileError) -> [String] {
        guard let stream = unsafe opendir(folder) else { throw FileError(folder, errno) }
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
        return names.sorted { ByteText($0) < ByteText($1) }
    }

    static func remove(_ path: String) throws(FileError) {
        guard unsafe unlink(path) == 0 else { throw FileError(path, errno) }
    }

    /// Removes a folder with everything in it; links are removed, never followed.
    static func removeFolder(_ path: String) throws(FileError) {
        for name in try names(in: path) { try removeTree(path + "/" + name) }
        guard unsafe rmdir(path) == 0 else { throw FileError(path, errno) }
    }

    /// Removes a file, or a folder with everything in it.
    static func removeTree(_ path: String) throws(FileError) {
        guard unsafe unlink(path) != 0 else { return }
        guard errno == EISDIR || errno == EPERM else { throw FileError(path, errno) }
        try removeFolder(path)
    }

    /// Takes a data folder for this process alone: `lock` in it, until the value ends.
    static func lockFolder(_ path: String) throws(FileError) -> OpenFile {
        let file = try OpenFile(path + "/lock", O_RDWR | O_CREAT, mode: ownerOnly)
        try file.lock()
        return file
    }

    /// Everything before the last `/`.
    static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func syncFolder(of path: String) throws(FileError) {
        try OpenFile(folder(of: path), O_RDONLY | O_DIRECTORY).sync()
    }
}
