import Audit
import Cryptography
import Directory
import Primitives
import Storage

/// One backup file in the making: seals what is added in pieces, so that little is in memory, and
/// has its name only when it is whole.
final class BackupWriter {
    let path: String
    private let name: BackupName
    private let recipients: [SealingKey]
    private let file: OpenFile
    private var open: [UInt8] = []
    private var pieces: [BackupPiece] = []
    private var files = 0

    init(_ name: BackupName, in folder: String, for recipients: [SealingKey]) throws {
        path = "\(folder)/\(name)"
        self.name = name
        self.recipients = recipients
        guard !Files.exists(path) else { throw FileError.exists(path) }
        file = try Files.part(of: path, mode: Files.ownerOnly)
    }

    /// Adds a file of the disk under its place in the backup.
    ///
    /// - Throws: `damaged` where it is another length than it said.
    func add(_ source: String, as place: String) throws {
        let input = try OpenFile(reading: source)
        let count = input.byteLength
        guard let entry = BackupEntry(place, byteCount: count, in: name.part, of: name.kind) else {
            throw StoreError.unknownFile
        }
        files += 1
        try append(entry.head)
        var left = count
        while left > 0 {
            let bytes = try input.read(min(left, Self.readBytes))
            guard !bytes.isEmpty else { throw StoreError.damaged }
            left -= bytes.count
            try append(bytes)
        }
    }

    private static let readBytes = 1024 * 1024

    private func append(_ bytes: [UInt8]) throws {
        open += bytes
        while open.count >= Limits.backupPieceBytes {
            let piece = Array(open.prefix(Limits.backupPieceBytes))
            open = Array(open.dropFirst(piece.count))
            try seal(piece)
        }
    }

    private func seal(_ plain: [UInt8]) throws {
        guard pieces.count < Limits.backupPieces else { throw BackupFault.tooLarge }
        let sealed = try AuthEnvelopedData.seal(plain, to: recipients)
        try file.append(sealed)
        pieces.append(BackupPiece(sealed))
    }

    /// Seals the rest.
    ///
    /// - Returns: what is to be signed.
    func manifest(
        _ facts: StoreCopy.Facts,
        isSandbox: Bool
    ) throws -> BackupManifest {
        if !open.isEmpty { try seal(open) }
        open = []
        return BackupManifest(
            of: name,
            isSandbox: isSandbox,
            product: Program.source(name.kind.rawValue).productVersion,
            facts: facts,
            contents: (files, recipients.map(\.keyID), pieces)
        )
    }

    /// Writes what says that it is whole, to the disk.
    func sign(_ manifest: BackupManifest, by statement: [UInt8]) throws {
        let bytes = manifest.canonicalBytes
        let tail = BackupTail(manifestBytes: bytes.count, statementBytes: statement.count)
        try file.append(bytes + statement + tail.bytes)
        try file.sync()
    }

    /// Gives it its name.
    func finish() throws { try Files.finish(file, path) }

    /// Leaves nothing behind.
    func discard() throws { try Files.discardPart(of: path) }
}
