import Cryptography
import Directory
import Primitives
import Storage

/// A backup file that is whole in form. What is in it counts after `check`.
final class BackupFile {
    let path: String
    let manifest: BackupManifest
    let sha256: Digest
    private let statement: SignedStatement
    private let file: OpenFile

    /// - Throws: `BackupFault.damaged` unless all of the file is what a backup writes.
    init(_ path: String) throws {
        let input = try OpenFile(reading: path)
        let length = input.byteLength
        guard length > BackupTail.byteCount else { throw BackupFault.damaged(path) }
        try input.seek(to: length - BackupTail.byteCount)
        guard let tail = BackupTail(try input.read(BackupTail.byteCount)) else {
            throw BackupFault.damaged(path)
        }
        let ends = tail.manifestBytes + tail.statementBytes + BackupTail.byteCount
        guard ends < length else { throw BackupFault.damaged(path) }
        try input.seek(to: length - ends)
        let said = try input.read(tail.manifestBytes)
        let signed = try input.read(tail.statementBytes)
        do {
            manifest = try BackupManifest(reading: said)
            statement = try SignedStatement(reading: signed)
        } catch { throw BackupFault.damaged(path) }
        sha256 = SHA256.hash(said)
        self.path = path
        file = input
        // A file of another place or day under this name is not what was asked for.
        let called = path.split(separator: "/").last.flatMap { BackupName(String($0)) }
        guard manifest.sealedBytes == length - ends, called == manifest.name else {
            throw BackupFault.damaged(path)
        }
    }

    /// Checks who vouches for it, then every piece.
    ///
    /// - Throws: `untrusted` where no root of these leads to the statement, `damaged`.
    func check(_ roots: [Certificate]) throws {
        let trusting = roots.first {
            BackupTrust.holds(statement, for: (manifest, sha256), under: $0)
        }
        guard trusting != nil else { throw BackupFault.untrusted(path) }
        try forEachPiece { _ in }
    }

    private func forEachPiece(_ body: ([UInt8]) throws -> Void) throws {
        try file.seek(to: 0)
        for piece in manifest.pieces { try body(try next(piece)) }
    }

    private func next(_ piece: BackupPiece) throws -> [UInt8] {
        let sealed = try file.read(piece.sealedLength)
        guard BackupPiece(sealed) == piece else { throw BackupFault.damaged(path) }
        return sealed
    }

    /// Opens every piece and hands over what is in it, in order. Nothing is handed over of a piece
    /// whose hash or seal does not hold.
    ///
    /// - Throws: `cannotOpen`, one for all that a key can be wrong with; `damaged`.
    func unpack(_ key: OpeningKey, _ take: (BackupStream.Step) throws -> Void) async throws {
        var stream = BackupStream(of: manifest)
        try file.seek(to: 0)
        for piece in manifest.pieces {
            let plain = try await open(try next(piece), key)
            let steps: [BackupStream.Step]
            do throws(DecodingRefusal) { steps = try stream.steps(of: plain) } catch {
                throw BackupFault.damaged(path)
            }
            for step in steps { try take(step) }
        }
        do throws(DecodingRefusal) { try stream.finish(files: manifest.files) } catch {
            throw BackupFault.damaged(path)
        }
    }

    private func open(_ sealed: [UInt8], _ key: OpeningKey) async throws -> [UInt8] {
        do throws(CMSRefusal) {
            let envelope = try AuthEnvelopedData(reading: sealed, limit: BackupPiece.limit)
            return try await key.open(envelope)
        } catch {
            switch error {
            case .malformed, .tooLarge: throw BackupFault.damaged(path)
            default: throw BackupFault.cannotOpen(path)
            }
        }
    }
}
