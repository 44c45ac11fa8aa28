import Cryptography
import Delivery
import Directory
import Envelope
import Foundation
import Primitives
import Sheets
import TestKit

/// A message, who gets it and when, and what must come of it.
///
/// On disk `<class>/<number>/`: the byte strings, `input.json` and `expected.json`
/// `{class, code, step}`.
struct Vector {
    var bytes: Arrival.Bytes
    var chunks: [[UInt8]] = []
    var receiver = World.Place.clinic
    var now: Timestamp
    /// Names of additions to the directory.
    var additions: [String] = []
    /// The message that brought the same content before.
    var earlier: MessageKey?
    /// Files that are so many zero bytes, and not stored.
    var zeros: [ByteText: Int] = [:]

    /// Runs the reader.
    ///
    /// - Returns: code and step; `accepted` after the last.
    func judge(_ world: VectorWorld, _ catalogue: SheetCatalogue) async throws -> Outcome {
        let directory = try world.directory(with: additions)
        let (store, keys) = try world.keyStore(of: receiver)
        let member = try required(world.members[receiver])
        let types = catalogue.types
        let earlier = earlier
        var context = OpeningContext(
            receiver: try required(directory.member(member)).membership,
            directory: directory,
            catalogue: catalogue,
            now: now,
            memory: OpeningMemory(
                accepts: { type, version in types.contains(type) && version == "1.0.0" },
                earlier: { _ in earlier },
                answered: { _, _ in nil }
            )
        )
        context.isTestExchange = true
        do throws(OpenRefusal) {
            let arrival = try Arrival(bytes, directory: directory)
            let opened = try await OpenedEnvelope(arrival, keys: keys, store: store)
            let checked = try await opened.checked(context)
            _ = try await checked.verify(try checked.check(chunks))
            return .accepted
        } catch {
            switch error {
            case .refused(let code, let step, _):
                return Outcome(code: code.rawValue, step: step)
            case .held(let reason): return Outcome(code: "held " + reason.rawValue, step: 0)
            }
        }
    }

    struct Outcome: Equatable, CustomStringConvertible {
        let code: String
        let step: Int

        static let accepted = Outcome(code: "accepted", step: 18)

        var description: String { "\(code) at \(step)" }
    }
}

extension Vector {
    private static let names = ["routing.json", "submission.der", "sealed.der", "accepted.der"]

    /// Reads `<class>/<number>`.
    static func load(_ path: String) throws -> (vector: Vector, note: String, expected: Outcome) {
        let folder = VectorWorld.folder.appending(path: path)
        func file(_ name: String) throws -> [UInt8] {
            Array(try Data(contentsOf: folder.appending(path: name)))
        }
        let input = try JSON(reading: file("input.json"))
        let expected = try JSON(reading: file("expected.json"))
        let files = try names.map { name in
            if let count = input["zeros"]?[name]?.integer {
                return [UInt8](repeating: 0, count: Int(count))
            }
            return try file(name)
        }
        var vector = Vector(
            bytes: Arrival.Bytes(
                routing: files[0],
                submission: files[1],
                sealed: files[2],
                accepted: files[3]
            ),
            now: try required(input["now"]?.string.flatMap(Timestamp.init(_:)))
        )
        vector.receiver = try required(
            input["receiver"]?.string.flatMap(World.Place.init(rawValue:))
        )
        vector.additions = (input["directory"]?.array ?? []).compactMap(\.string)
        vector.chunks = try (0..<Int(input["chunks"]?.integer ?? 0)).map {
            try file("chunk-\($0 + 1).der")
        }
        if let earlier = input["earlier"] {
            var reader = try ObjectReader(earlier)
            vector.earlier = try MessageKey(reading: &reader)
        }
        let outcome = Outcome(
            code: try required(expected["code"]?.string),
            step: Int(try required(expected["step"]?.integer))
        )
        return (vector, input["note"]?.string ?? "", outcome)
    }

    func write(_ path: String, note: String, expected: Outcome) throws {
        let folder = VectorWorld.folder.appending(path: path)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        func write(_ name: String, _ bytes: [UInt8]) throws {
            guard zeros[ByteText(name)] == nil else { return }
            try Data(bytes).write(to: folder.appending(path: name))
        }
        let files = [bytes.routing, bytes.submission, bytes.sealed, bytes.accepted]
        for (name, bytes) in zip(Self.names, files) { try write(name, bytes) }
        for (index, chunk) in chunks.enumerated() { try write("chunk-\(index + 1).der", chunk) }
        var sizes = JSONObject()
        for (name, count) in zeros { sizes[name.text] = .count(count) }
        let input: JSON = [
            "note": .string(note),
            "receiver": .code(receiver),
            "now": .time(now),
            "directory": additions.isEmpty ? nil : .texts(additions),
            "chunks": chunks.isEmpty ? nil : .count(chunks.count),
            "earlier": earlier?.json,
            "zeros": sizes.isEmpty ? nil : .object(sizes),
        ]
        try write("input.json", input.canonicalBytes)
        let name = path.split(separator: "/").first.map(String.init) ?? ""
        let json: JSON = [
            "class": .string(name), "code": .string(expected.code), "step": .count(expected.step),
        ]
        try write("expected.json", json.canonicalBytes)
    }
}
