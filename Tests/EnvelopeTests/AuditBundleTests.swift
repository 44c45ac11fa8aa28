import Cryptography
import Directory
import Foundation
import Primitives
import TestKit
import Testing

@testable import Envelope

/// Exported periods of a log, judged here and by `Deploy/verify/audit.py`.
struct AuditBundleTests {
    private static let log = Task { try await ShownLog.make() }

    @Test func `both say the same of what is good and of what is not`() async throws {
        let log = try await Self.log.value
        let cases = try await AuditBundleCase.all(log)
        try expect(cases, root: log.root)
        let foreign = try await World.make(seed: 2).exchange.root.certificate
        let whole = [try await log.bundle().bytes]
        let answers = try SecondVerifier.verdicts(onBundles: whole, root: foreign)
        #expect(answers.map(\.fault) == ["chain.pem wrongRoot"])
        #expect(answers == whole.map { SecondVerifier.ours(onBundle: $0, root: foreign) })
    }

    @Test func `a good bundle says what it shows`() async throws {
        let log = try await Self.log.value
        let bundle = try await log.bundle(withOpenings: true)
        #expect(try AuditBundle(reading: bundle.bytes).bytes == bundle.bytes)
        let facts = try AuditBundleVerifier.verify(bundle, root: log.root)
        #expect(facts.entries == 4 && facts.shown == 1...6 && facts.size == 10)
        #expect(facts.before?.description == "2026-11-09T14:59:59.999Z")
        #expect(facts.after?.description == "2026-11-12T15:00:00.000Z")
        #expect(facts.witnesses.map(\.name) == ["exchange.example/witness"])
        #expect(facts.openings == 8 && facts.isComplete)
        #expect(facts.name == log.clinic.profile.displayName)
        let silent = try await log.bundle().bytes
        #expect(Data(silent).range(of: Data("架空 患者".utf8)) == nil)
    }

    /// One bit of each byte of the head and of what is not signed by certificates, of many bytes of
    /// the rest; the list goes along, so that what is proved stands alone against them.
    @Test func `both refuse every changed byte, wherever it stands`() async throws {
        let log = try await Self.log.value
        let bundle = try await log.bundle(withOpenings: true)
        var spoilt: [(place: String, bytes: [UInt8])] = []
        for (number, file) in bundle.archive.files.enumerated() {
            let isHead = number == 0
            let isSigned = file.name.hasSuffix(".der") || file.name.hasSuffix(".pem")
            let step = isHead ? 3 : isSigned ? file.bytes.count / 5 + 1 : 29
            for place in stride(from: 0, to: file.bytes.count, by: step) {
                let change: (inout [UInt8]) -> Void = { $0[place] ^= 1 << UInt8(place % 7) }
                if isHead {
                    var first = file.bytes
                    change(&first)
                    let head = ContentArchive.File(name: file.name, bytes: first)
                    let files = [head] + bundle.archive.files.dropFirst()
                    spoilt.append(("head \(place)", ContentArchive(files: files).encoded()))
                } else {
                    spoilt.append(
                        ("\(file.name) \(place)", try bundle.changed(file.name, change))
                    )
                }
            }
        }
        for place in stride(from: 0, to: bundle.bytes.count, by: bundle.bytes.count / 60) {
            var bytes = bundle.bytes
            bytes[place] ^= 4
            spoilt.append(("archive \(place)", bytes))
        }
        let others = try SecondVerifier.verdicts(onBundles: spoilt.map(\.bytes), root: log.root)
        for (one, other) in zip(spoilt, others) {
            let ours = SecondVerifier.ours(onBundle: one.bytes, root: log.root)
            #expect(ours.fault != nil, "\(one.place)")
            // Of what has no form, a tag and a length may be said in two ways; not where it stands.
            let isSigned = one.place.contains(".der") || one.place.contains(".pem")
            let names = [ours, other].map {
                isSigned ? $0.fault?.split(separator: " ").first.map(String.init) : $0.fault
            }
            #expect(names[0] == names[1], "\(one.place): \(ours), \(other)")
        }
    }

    // MARK: Vectors

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../Vectors/audit").standardizedFileURL

    /// Makes the vectors anew; they are then as good as this program and are to be reviewed.
    @Test(.enabled(if: VectorWriter.isWanted))
    func `the vectors are written`() async throws {
        let log = try await Self.log.value
        try? FileManager.default.removeItem(at: Self.folder)
        try FileManager.default.createDirectory(
            at: Self.folder,
            withIntermediateDirectories: true
        )
        var expected = JSONObject()
        for one in try await AuditBundleCase.all(log) {
            try Data(one.bytes).write(to: Self.folder.appending(path: one.name + ".renkei"))
            expected[one.name] = .string(one.fault ?? "holds")
        }
        try Data(log.root.pem.bytes).write(to: Self.folder.appending(path: "root.pem"))
        try Data(JSON.object(expected).canonicalBytes)
            .write(to: Self.folder.appending(path: "expected.json"))
    }

    @Test func `of the vectors both say what is expected`() async throws {
        func bytes(_ name: String) throws -> [UInt8] {
            Array(try Data(contentsOf: Self.folder.appending(path: name)))
        }
        let expected = try required(try JSON(canonical: try bytes("expected.json")).object)
        let root = try Certificate(pem: try bytes("root.pem"))
        let names = try await AuditBundleCase.all(try await Self.log.value).map(\.name)
        let cases = try names.map { name in
            let fault = try required(expected[name]?.string)
            return AuditBundleCase(
                name,
                try bytes(name + ".renkei"),
                fault.hasSameBytes(as: "holds") ? nil : fault
            )
        }
        try expect(cases, root: root)
        let stored = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(stored.count == names.count + 2)
    }

    private func expect(_ cases: [AuditBundleCase], root: Certificate) throws {
        let others = try SecondVerifier.verdicts(onBundles: cases.map(\.bytes), root: root)
        for (one, other) in zip(cases, others) {
            let ours = SecondVerifier.ours(onBundle: one.bytes, root: root)
            #expect(ours.fault == one.fault, "\(one.name)")
            #expect(other == ours, "\(one.name)")
        }
    }
}
