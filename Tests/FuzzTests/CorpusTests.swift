import Foundation
import Primitives
import TestKit
import Testing

@testable import fuzz

/// Every door that strangers' bytes come in by, with the seeds and findings of `Tests/Corpus` and
/// with some changes of them. The long search is `Deploy/fuzz`.
@Suite struct CorpusTests {
    private static let folder = SheetExamples.root.appending(path: "Tests/Corpus")
    private static let mutations = 150

    private static func corpus(_ reader: String) throws -> [(name: String, bytes: [UInt8])] {
        let folder = folder.appending(path: reader)
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
            ($0, Array(try Data(contentsOf: folder.appending(path: $0))))
        }
    }

    /// Some bytes changed, doubled, or left out; a part of another seed put in.
    private static func mutated(
        _ bytes: [UInt8],
        with other: [UInt8],
        _ random: SeededRandom
    ) -> [UInt8] {
        var bytes = bytes
        for _ in 0...random.number(below: 3) {
            let place = Int(random.number(below: UInt64(bytes.count + 1)))
            let end = min(bytes.count, place + Int(random.number(below: 16)))
            switch random.number(below: 4) {
            case 0: bytes.replaceSubrange(place..<end, with: random.bytes(end - place))
            case 1: bytes.removeSubrange(place..<end)
            case 2: bytes.insert(contentsOf: bytes[place..<end], at: place)
            default:
                let from = Int(random.number(below: UInt64(other.count + 1)))
                bytes.insert(contentsOf: other[from...].prefix(16), at: place)
            }
        }
        return bytes
    }

    @Test(arguments: Reader.all.map(\.name))
    func `a reader holds what it promises, whatever comes`(_ name: String) throws {
        let reader = try #require(Reader.named(name))
        let corpus = try Self.corpus(name)
        var taken = 0
        for (file, bytes) in corpus {
            #expect(throws: Never.self, "\(name)/\(file)") {
                taken += try reader.judge(bytes) ? 1 : 0
            }
        }
        #expect(taken > 0, "a corpus of which nothing is taken reaches nothing")
        let random = SeededRandom(seed: 20_261_121)
        for turn in 0..<Self.mutations {
            let seed = corpus[turn % corpus.count].bytes
            let other = corpus[Int(random.number(below: UInt64(corpus.count)))].bytes
            let bytes = Self.mutated(seed, with: other, random)
            #expect(throws: Never.self, "\(name): \(Hex.encode(bytes))") {
                try reader.judge(bytes)
            }
        }
    }

    @Test func `every folder of the corpus has its reader`() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(Set(folders) == Set(Reader.all.map(\.name)))
    }

    /// A reader that leaves out what it does not know is found by the same changes.
    @Test func `a reader that is broken is found`() throws {
        let broken = Reader(name: "broken") { (bytes) throws(Finding) in
            let json = attempt { () throws(DecodingRefusal) in try JSON(reading: bytes) }
            guard let written = json?.canonicalBytes else { return nil }
            try hold(written == bytes, "written otherwise")
            return written
        }
        let random = SeededRandom(seed: 1)
        let found = (0..<1000).first { _ in
            let bytes = Self.mutated(#"{"a":[1]}"#.bytes, with: " 10".bytes, random)
            do throws(Finding) { _ = try broken.judge(bytes) } catch { return true }
            return false
        }
        #expect(found != nil)
        #expect(throws: Finding(text: "written otherwise")) { try broken.judge("[ ]".bytes) }
    }
}
