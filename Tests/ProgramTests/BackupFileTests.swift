import Cryptography
import Directory
import Foundation
import Primitives
import Storage
import TestKit
import Testing

@testable import renkei

/// A backup file is whole and vouched for, or refused, whatever was done to it.
@Suite struct BackupFileTests {
    private let room: Room
    private let world: World
    private let content = SystemRandom().bytes(9 << 20)

    init() async throws {
        room = try Room()
        world = try await World.make()
        for name in ["own", "other"] {
            let line =
                "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
                + "-subj /CN=backup -keyout \(name).key -out \(name).pem"
            let outcome = try await Terminal.shell(line, in: room.url)
            try #require(outcome.exitCode == 0, "\(outcome.talk)")
        }
    }

    private var name: BackupName {
        BackupName(
            kind: .exchange,
            owner: PartyID(world.exchange.id),
            part: .store,
            madeAt: world.start
        )
    }

    private var recipients: [SealingKey] {
        get throws { [try SealingKey(certificatePEM: try room.bytes("own.pem"))] }
    }

    private func key(_ name: String = "own") throws -> OpeningKey {
        try OpeningKey(pem: try room.bytes(name + ".key"))
    }

    private var roots: [Certificate] { [world.exchange.root.certificate] }

    /// Three pieces of an exchange's store.
    private func make(
        signedBy signer: StatementSigner? = nil,
        in folder: String = "made"
    ) async throws -> String {
        try Files.makeFolder(room.path(folder))
        let writer = try BackupWriter(name, in: room.path(folder), for: try recipients)
        try writer.add(try room.write("source", content), as: "exchange.db")
        try writer.add(try room.write("root", [1, 2, 3]), as: "ca/root.pem")
        let facts = StoreCopy.Facts(schema: 1, trees: [])
        let manifest = try writer.manifest(facts, isSandbox: false)
        #expect(manifest.pieces.count == 3)
        #expect(!Files.exists(writer.path), "it has no name yet")
        let signer = signer ?? world.exchange.registrar
        let statement = try await signer.sign(
            BackupStatement(
                by: try #require(PartyID(signer.certificate.subject.commonName)),
                manifest: SHA256.hash(manifest.canonicalBytes)
            ),
            at: world.start
        )
        try writer.sign(manifest, by: statement.bytes)
        try writer.finish()
        return writer.path
    }

    private func changed(_ path: String, _ change: (inout [UInt8]) -> Void) throws -> String {
        var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        change(&bytes)
        try Files.makeFolder(room.path("changed"))
        return try room.write("changed/\(name)", bytes)
    }

    private func fault(_ path: String) throws -> BackupFault? {
        do {
            try BackupFile(path).check(roots)
            return nil
        } catch let fault as BackupFault { return fault }
    }

    @Test func `what goes in comes out, and only for the recipient`() async throws {
        let path = try await make()
        let file = try BackupFile(path)
        try file.check(roots)
        var found: [String: [UInt8]] = [:]
        var place = ""
        try await file.unpack(try key()) { step in
            switch step {
            case .begin(let entry): place = entry.path
            case .bytes(let bytes): found[place, default: []] += bytes
            case .end: break
            }
        }
        #expect(found == ["exchange.db": content, "ca/root.pem": [1, 2, 3]])
        let other = try key("other")
        await #expect(throws: BackupFault.cannotOpen(path)) {
            try await file.unpack(other) { _ in Issue.record("something came out") }
        }
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        #expect(mode as? Int == 0o600)
    }

    @Test func `one byte changed in any piece is found, and nothing of that piece comes out`()
        async throws
    {
        let path = try await make()
        let pieces = try BackupFile(path).manifest.pieces
        var start = 0
        for piece in pieces {
            for place in [0, piece.sealedLength / 2, piece.sealedLength - 1] {
                let other = try changed(path) { $0[start + place] ^= 1 }
                #expect(try fault(other) == .damaged(other))
                let opening = try key()
                await #expect(throws: BackupFault.damaged(other)) {
                    try await BackupFile(other).unpack(opening) { _ in }
                }
            }
            start += piece.sealedLength
        }
        let swapped = try changed(path) { bytes in
            let length = pieces[0].sealedLength
            let (first, second) = (Array(bytes[..<length]), Array(bytes[length..<2 * length]))
            bytes.replaceSubrange(..<(2 * length), with: second + first)
        }
        #expect(pieces[0].sealedLength == pieces[1].sealedLength)
        #expect(try fault(swapped) == .damaged(swapped))
    }

    @Test func `one byte changed in what vouches for it is found`() async throws {
        let path = try await make()
        let length = try Data(contentsOf: URL(filePath: path)).count
        let pieces = try BackupFile(path).manifest.sealedBytes
        for place in stride(from: pieces, to: length, by: 41) {
            let other = try changed(path) { $0[place] ^= 1 }
            let found = try fault(other)
            #expect(found == .damaged(other) || found == .untrusted(other), "at \(place)")
        }
    }

    @Test func `a backup under the name of another day or place is none`() async throws {
        let path = try await make()
        let later = BackupName(
            kind: .exchange,
            owner: PartyID(world.exchange.id),
            part: .store,
            madeAt: world.start.adding(.days(1))
        )
        for text in [later.text, name.of(.keys).text, "backup.rkb"] {
            let other = try room.write(text, [UInt8](try Data(contentsOf: URL(filePath: path))))
            #expect(throws: BackupFault.damaged(other)) { try BackupFile(other) }
        }
    }

    @Test func `a file that is cut, or goes on, is none`() async throws {
        let path = try await make()
        let length = try Data(contentsOf: URL(filePath: path)).count
        for count in [0, 1, 15, 16, 17, 5 << 20, length - 16, length - 1] {
            let other = try changed(path) { $0 = Array($0.prefix(count)) }
            #expect(try fault(other) == .damaged(other), "\(count)")
        }
        for more in [[0], [UInt8](repeating: 0, count: 16)] as [[UInt8]] {
            let other = try changed(path) { $0 += more }
            #expect(try fault(other) == .damaged(other))
            let before = try changed(path) { $0 = more + $0 }
            #expect(try fault(before) == .damaged(before))
        }
    }

    @Test func `nobody but the place itself vouches for its backup`() async throws {
        let signers = [
            world.exchange.receipts, world.member(.clinic).signer,
        ]
        for (number, signer) in signers.enumerated() {
            let path = try await make(signedBy: signer, in: "by-\(number)")
            #expect(try fault(path) == .untrusted(path))
        }
        let path = try await make()
        let elsewhere = try await World.make(seed: 2)
        #expect(throws: BackupFault.untrusted(path)) {
            try BackupFile(path).check([elsewhere.exchange.root.certificate])
        }
        try BackupFile(path).check([elsewhere.exchange.root.certificate] + roots)
    }

    @Test func `one that was not finished has no name, and the next one removes it`() throws {
        let folder = room.path("cut")
        try Files.makeFolder(folder)
        let writer = try BackupWriter(name, in: folder, for: try recipients)
        try writer.add(try room.write("source", content), as: "exchange.db")
        #expect(try Files.names(in: folder) == [".\(name).part"])
        try writer.discard()
        #expect(try Files.names(in: folder) == [])
        #expect(throws: StoreError.unknownFile) {
            try writer.add(room.path("source"), as: "store.db")
        }
    }

    @Test(arguments: [
        (BackupFault.noRecipients, ExitCode.configuration), (.recipientUnfit("a"), .configuration),
        (.keyUnfit("a"), .failed), (.tooLarge, .failed), (.damaged("a"), .failed),
        (.keysRenewed, .temporary),
        (.untrusted("a"), .refused), (.cannotOpen("a"), .failed), (.otherKind("a"), .failed),
        (.keysMissing("a"), .notFound), (.notEmpty("a"), .failed),
    ])
    func `every fault says what to do`(fault: BackupFault, code: ExitCode) {
        #expect(ExitCode(fault) == code)
        for text in [fault.said.summary, fault.said.advice] {
            #expect(text.ja.count > 10 && text.en.count > 10)
            #expect(!text.ja.contains("  "))
        }
    }
}
