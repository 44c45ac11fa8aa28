import Audit
import Cryptography
import Foundation
import Primitives
import Testing

/// Fixed ids, keys and makers for the tests of this module.
enum AuditWorld {
    static let hospital = demand(MemberID("m" + String(repeating: "a", count: 26)))
    static let office = demand(MemberID("m" + String(repeating: "b", count: 25) + "a"))
    static let exchange = demand(ExchangeID("x" + String(repeating: "c", count: 25) + "a"))
    static let message = demand(MessageID("01933b5c-0000-7000-8000-0000000000aa"))
    static let statement = SHA256.hash("a statement".bytes)
    static let time = demand(Timestamp("2026-11-21T02:03:04.567Z"))
    static let host = demand(LogHost("exchange.example"))
    static let keys = TreeOrigin.keys(host, fiscalYear: 2026)
    static let transport = TreeOrigin.transport(host, fiscalYear: 2026)
    static let access = TreeOrigin.access(host, member: hospital, fiscalYear: 2026)
    static let source = AuditSource(
        node: demand(NodeName("node-1")),
        productVersion: demand(ProductVersion("0.1.0"))
    )
    static let nurse = Agent(
        .person,
        name: "看護師 佐藤花子",
        role: demand(RoleCode("nurse")),
        desk: demand(DeskID("liaison")),
        assurance: .none
    )

    static func demand<Value>(_ value: Value?) -> Value {
        guard let value else { preconditionFailure("a fixture has its form") }
        return value
    }

    static func digest(_ number: some BinaryInteger) -> Digest {
        SHA256.hash("\(number)".bytes)
    }

    static func dataKey(_ number: UInt8 = 1) -> DataKey {
        DataKey(
            reference: Int64(number),
            secret: SecretBytes(copying: [UInt8](repeating: number, count: 32)),
            random: CountingRandom()
        )
    }

    static func signer(_ label: String = "log") async throws -> CheckpointSigner {
        let store = MemoryKeyStore(seed: [7])
        return try CheckpointSigner(store: store, key: try await store.generate(.log, label: label))
    }

    /// Leaf number `number` of a `transport` tree; its statement is `digest(number)`.
    static func leaf(_ number: Int) -> [UInt8] {
        var facts = AuditFacts(
            .messageAccepted,
            by: .member,
            for: PartyID(exchange),
            on: .message(message),
            at: time.adding(.seconds(number))
        )
        facts.statementSha256 = digest(number)
        let entry = AuditEntry(facts, in: .transport, random: CountingRandom(UInt8(number & 255)))
        let sealed = entry.sealed(origin: transport, by: dataKey())
        return sealed.leaf(at: sealed.at, source: source).bytes
    }
}

/// Bytes that count up: never the same twice from one source.
final class CountingRandom: RandomSource {
    private let next: Lock<UInt8>

    init(_ first: UInt8 = 0) { next = Lock(first) }

    func bytes(_ count: Int) -> [UInt8] {
        next.withLock { next in
            (0..<count).map { _ in
                next &+= 1
                return next
            }
        }
    }
}

/// The `openssl` program, as an independent second opinion.
enum OpenSSLProgram {
    /// Writes `files` into a folder of their own, runs there, and returns what was printed.
    static func run(_ arguments: [String], files: [String: [UInt8]]) throws -> String {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "renkei-audit-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        for (name, bytes) in files { try Data(bytes).write(to: folder.appending(path: name)) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = arguments
        process.currentDirectoryURL = folder
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: printed, as: UTF8.self)
    }
}
