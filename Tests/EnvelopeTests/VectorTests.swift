import Cryptography
import Directory
import Envelope
import Foundation
import Primitives
import TestKit
import Testing

/// The suite of failure classes in `Tests/Vectors/envelope`.
struct VectorTests {
    static let paths = VectorWriter.paths()

    /// Makes the suite anew; the vectors are then as good as this program and are to be reviewed.
    @Test(.enabled(if: VectorWriter.isWanted))
    func `the vectors are written`() async throws { try await VectorWriter.write() }

    @Test func `every class has its vectors`() throws {
        let counts = Dictionary(grouping: Self.paths) { $0.split(separator: "/")[0] }
            .mapValues(\.count)
        let expected = Dictionary(grouping: VectorCase.all, by: { $0.name[...] })
            .mapValues(\.count)
        #expect(counts == expected)
    }

    @Test(arguments: paths)
    func `the reader says what is expected`(path: String) async throws {
        let (vector, note, expected) = try Vector.load(path)
        let outcome = try await vector.judge(
            try VectorWorld.stored.get(),
            try SheetExamples.catalogue.get()
        )
        #expect(outcome == expected, "\(note)")
    }

    /// The classes that stock `openssl` can judge too: what the layers are broken in.
    @Test(arguments: paths.filter { SecondReader.judges($0) })
    func `openssl cms says the same`(path: String) throws {
        let (vector, note, expected) = try Vector.load(path)
        let isOpened = try SecondReader.opens(vector, try VectorWorld.stored.get())
        #expect(isOpened == (expected == .accepted), "\(note)")
    }
}

enum VectorWriter {
    static var isWanted: Bool {
        ProcessInfo.processInfo.environment["RENKEI_WRITE_VECTORS"] == "1"
    }

    /// All `<class>/<number>`, in order.
    static func paths() -> [String] {
        let manager = FileManager.default
        let classes = (try? manager.contentsOfDirectory(atPath: VectorWorld.folder.path)) ?? []
        return classes.filter { $0 != "world" }.sorted().flatMap { name in
            let folder = VectorWorld.folder.appending(path: name)
            let numbers = (try? manager.contentsOfDirectory(atPath: folder.path)) ?? []
            return numbers.sorted().map { "\(name)/\($0)" }
        }
    }

    static func write() async throws {
        try? FileManager.default.removeItem(at: VectorWorld.folder)
        let smithy = try await Smithy.make()
        try smithy.vectorWorld.write()
        var numbers: [ByteText: Int] = [:]
        for row in VectorCase.all {
            let number = (numbers[ByteText(row.name)] ?? 0) + 1
            numbers[ByteText(row.name)] = number
            let path = "\(row.name)/\(Decimal.text(number, width: 2))"
            let vector = try await row.make(smithy)
            let outcome = try await vector.judge(
                smithy.vectorWorld,
                try SheetExamples.catalogue.get()
            )
            #expect(outcome == row.expected, "\(path) \(row.note)")
            try vector.write(path, note: row.note, expected: row.expected)
        }
    }
}

/// `openssl cms -decrypt` and `-verify` over a vector.
enum SecondReader {
    private static let classes = [
        "accepted", "undecryptable", "badSignature", "certificateExpired", "revoked",
    ]

    /// `openssl` sees the sealed message alone: no routing header, submission or receipt. Of a
    /// revocation it takes the entry and not its date.
    static func judges(_ path: String) -> Bool {
        guard let (vector, _, expected) = try? Vector.load(path),
            classes.contains(where: { path.hasPrefix($0 + "/") })
        else { return false }
        let isInside = expected.step != 4 && expected.step != 9
        return isInside && !(path.hasPrefix("revoked/") && !isPlain(vector))
    }

    private static func isPlain(_ vector: Vector) -> Bool { vector.additions == ["revoked"] }

    static func opens(_ vector: Vector, _ world: VectorWorld) throws -> Bool {
        let accepted = try SignedData(
            reading: vector.bytes.accepted,
            limit: Limits.statementBytes
        )
        let time = try JSON(canonical: accepted.content)["acceptedAt"]?.string
            .flatMap(Timestamp.init(_:))
        let lists = try world.directory(with: vector.additions).lists.map(\.pem)
        do {
            _ = try OpenSSL.open(
                vector.bytes.sealed,
                key: try required(world.keys[vector.receiver]),
                root: world.root,
                at: try required(time),
                more: vector.additions.isEmpty ? [] : lists
            )
            return true
        } catch is OpenSSL.Failure {
            return false
        }
    }
}
