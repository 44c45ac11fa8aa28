import Audit
import Cryptography
import Primitives
import Testing

@testable import Storage

/// What a backup file is called, says of itself and holds.
@Suite struct BackupFormTests {
    typealias World = StorageWorld

    private static let office = PartyID(World.office)
    private static let name = BackupName(
        kind: .gateway,
        owner: office,
        part: .store,
        madeAt: World.start
    )

    private static func manifest(
        _ name: BackupName = name,
        pieces: [[UInt8]] = [[1], [2, 2]]
    ) -> BackupManifest {
        let tree = BackupTree(
            origin: World.access,
            size: 7,
            checkpointSha256: World.digest("note")
        )
        return BackupManifest(
            of: name,
            isSandbox: false,
            product: World.source.productVersion,
            facts: StoreCopy.Facts(schema: 3, trees: [tree]),
            contents: (
                files: 1,
                recipients: [World.demand(KeyID(String(repeating: "ab", count: 20)))],
                pieces: pieces.map { BackupPiece($0) }
            )
        )
    }

    @Test func `a name says whose backup it is, of what, and when it was made`() throws {
        let exchange = BackupName(
            kind: .exchange,
            owner: PartyID(World.exchange),
            part: .keys,
            madeAt: World.start.adding(.milliseconds(7))
        )
        for name in [Self.name, Self.name.of(.keys), exchange] {
            #expect(BackupName(name.text) == name)
        }
        #expect(exchange.text.hasSuffix("Z-keys.rkb"))
        #expect(exchange.madeAt.milliseconds == World.start.seconds * 1000)
        let text = Self.name.text
        for other in [
            "." + text + ".part", text + ".part", "x" + text, text.replacing("Z.", with: "."),
            text.replacing("gateway", with: "gatewey"), text.replacing(".rkb", with: ""),
            text.replacing("Z.", with: "Z-key."), text.replacing("T", with: "t"), "", ".rkb",
        ] {
            #expect(BackupName(other) == nil, "\(other)")
        }
    }

    @Test func `a manifest is read as it was written, and no other bytes are`() throws {
        let manifest = Self.manifest()
        let bytes = manifest.canonicalBytes
        #expect(try BackupManifest(reading: bytes) == manifest)
        #expect(manifest.name == Self.name)
        #expect(manifest.sealedBytes == 3)
        let text = String(decoding: bytes, as: UTF8.self)
        let wrong = [
            (#""version":1"#, #""version":2"#), (#""kind":"gateway""#, #""kind":"exchange""#),
            (#""part":"store""#, #""part":"stores""#), (#""schema":3"#, #""schema":-3"#),
            (#""files":1"#, #""files":1,"more":1"#), (#""sealedLength":1"#, #""sealedLength":0"#),
            (#""sealedLength":1"#, #""sealedLength":5000000"#), (#""size":7"#, #""size": 7"#),
            ("abab", "abaB"), (#""sandbox":false"#, #""sandbox":0"#),
        ]
        for (part, other) in wrong {
            let changed = text.replacing(part, with: other, maxReplacements: 1)
            try #require(changed != text, "\(part)")
            #expect(throws: DecodingRefusal.self) { try BackupManifest(reading: changed.bytes) }
        }
        #expect(throws: DecodingRefusal.self) {
            try BackupManifest(reading: Self.manifest(pieces: []).canonicalBytes)
        }
    }

    @Test func `the end of a file says how long manifest and statement are`() throws {
        let tail = BackupTail(manifestBytes: 70_000, statementBytes: 900)
        #expect(BackupTail(tail.bytes) == tail)
        #expect(tail.bytes.count == BackupTail.byteCount)
        for (manifest, statement) in [
            (0, 1), (1, 0), (Limits.backupManifestBytes + 1, 1), (1, Limits.statementBytes + 1),
        ] {
            let tail = BackupTail(manifestBytes: manifest, statementBytes: statement)
            #expect(BackupTail(tail.bytes) == nil)
        }
        #expect(BackupTail(Array(tail.bytes.dropLast())) == nil)
        #expect(BackupTail(Array(tail.bytes.dropLast()) + [0x32]) == nil)
    }

    // MARK: What is inside

    private static func written(_ files: [(path: String, bytes: [UInt8])]) throws -> [UInt8] {
        var stream: [UInt8] = []
        for (path, bytes) in files {
            let part: BackupManifest.Part = path.hasPrefix("keys") ? .keys : .store
            let entry = BackupEntry(path, byteCount: bytes.count, in: part, of: .gateway)
            stream += try #require(entry, "\(path)").head + bytes
        }
        return stream
    }

    /// The files of a stream, cut where `cut` says.
    private static func read(_ stream: [UInt8], cut: Int, files: Int) throws -> [String: [UInt8]] {
        var reader = BackupStream(of: manifest())
        var found: [String: [UInt8]] = [:]
        var open: String?
        for start in stride(from: 0, to: stream.count, by: cut) {
            let piece = Array(stream[start..<min(start + cut, stream.count)])
            for step in try reader.steps(of: piece) {
                switch step {
                case .begin(let entry):
                    open = entry.path
                    found[entry.path] = []
                case .bytes(let bytes): found[try #require(open), default: []] += bytes
                case .end: open = nil
                }
            }
        }
        try reader.finish(files: files)
        return found
    }

    @Test(arguments: [1, 2, 3, 7, 64, 10_000])
    func `files come out as they went in, wherever the pieces end`(cut: Int) throws {
        let segment = "segments/" + World.digest("a").hex
        let files: [(path: String, bytes: [UInt8])] = [
            ("store.db", [UInt8](repeating: 7, count: 700)), ("root.pem", []), (segment, [1, 2]),
        ]
        let stream = try Self.written(files)
        let found = try Self.read(stream, cut: cut, files: 3)
        #expect(found == Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0.bytes) }))
    }

    @Test func `a stream that is cut, repeated or goes on is refused`() throws {
        let stream = try Self.written([("store.db", [1, 2, 3]), ("root.pem", [4])])
        #expect(throws: DecodingRefusal.self) { try Self.read(stream, cut: 99, files: 1) }
        #expect(throws: DecodingRefusal.self) { try Self.read(stream, cut: 99, files: 3) }
        for count in 1..<stream.count {
            #expect(throws: DecodingRefusal.self) {
                try Self.read(Array(stream.prefix(count)), cut: 99, files: 2)
            }
        }
        let again = try Self.written([("store.db", [1]), ("store.db", [1])])
        #expect(throws: DecodingRefusal.self) { try Self.read(again, cut: 99, files: 2) }
        #expect(throws: DecodingRefusal.self) { try Self.read(stream + [0], cut: 99, files: 2) }
        let long = [0xFF, 0xFF] + [UInt8](repeating: 0x61, count: 70_000)
        #expect(throws: DecodingRefusal.self) { try Self.read(long, cut: 999, files: 1) }
    }

    @Test(arguments: [
        "../store.db", "/etc/passwd", "segments/../../x", "segments/", "keys/storage-1.key",
        "secrets.db", "exchange.db", "ca/root.pem", "store.db/", "", "format", "restored",
        "segments/" + String(repeating: "G", count: 64),
    ])
    func `a store has no file of this path`(path: String) {
        #expect(BackupEntry(path, byteCount: 1, in: .store, of: .gateway) == nil)
    }

    @Test func `an office leaves its signing keys out, an exchange its root`() {
        let gateway = [
            "unlock.der", "storage-1.key", "storage-2.token", "encryption-1.key",
        ]
        for file in gateway { #expect(BackupEntry.isKept(file, of: .gateway), "\(file)") }
        for file in ["signing-1.key", "transport-1.key", "log-1.key", "storage-1.key.new", "x"] {
            #expect(!BackupEntry.isKept(file, of: .gateway), "\(file)")
        }
        for file in ["unlock.der", "log-1.key", "member-ca-1.key", "receipts-1.key"] {
            #expect(BackupEntry.isKept(file, of: .exchange), "\(file)")
        }
        #expect(!BackupEntry.isKept("root.key", of: .exchange))
        #expect(BackupEntry("keys/root.key", byteCount: 1, in: .keys, of: .exchange) == nil)
        #expect(BackupEntry("keys/../x.key", byteCount: 1, in: .keys, of: .exchange) == nil)
    }
}
