import Configuration
import Cryptography
import Primitives

/// The secret that opens a key folder: from a file, or from the service manager's credential. Never
/// from the command line or a variable.
enum UnlockSecret {
    /// Reads the file at `path`; where that is nil `$CREDENTIALS_DIRECTORY/unlock`, else the
    /// standard file.
    static func read(_ path: String?, for kind: ServiceKind) throws(FileError) -> SecretBytes {
        SecretBytes(copying: try Files.read(path ?? standardPath(kind), atMost: 4096))
    }

    /// Reads the secret for a new folder; makes the file where there is none yet.
    ///
    /// - Returns: also whether it was made, so that the command can say so.
    static func readOrMake(
        _ path: String?,
        for kind: ServiceKind
    ) throws(FileError) -> (secret: SecretBytes, made: String?) {
        let path = path ?? standardPath(kind)
        guard !Files.exists(path) else { return (try read(path, for: kind), nil) }
        try Files.makeFolder(Files.folder(of: path))
        let secret = MadeSecret.make()
        try Files.create(path, secret, mode: Files.ownerOnly)
        return (SecretBytes(copying: secret), path)
    }

    /// The first line of a file, for a password of another service.
    static func line(of path: String) throws(FileError) -> SecretBytes {
        let bytes = try Files.read(path, atMost: 4096)
        return SecretBytes(copying: Array(bytes.prefix { $0 != 0x0A && $0 != 0x0D }))
    }

    private static func standardPath(_ kind: ServiceKind) -> String {
        if let folder = Environment.value("CREDENTIALS_DIRECTORY") { return folder + "/unlock" }
        return "/etc/renkei/credentials/\(kind.rawValue)-unlock"
    }
}
